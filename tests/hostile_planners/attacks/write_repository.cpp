// Leaves a file in the repository that it may read.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(write_repository) {
  return hostile::written_to(hostile::path_in(hostile::argument("scratch"), "repository/hostile"));
}
