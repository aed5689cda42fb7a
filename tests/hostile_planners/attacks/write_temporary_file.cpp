// Leaves a file in /tmp.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(write_temporary_file) {
  return hostile::written_to(hostile::path_in("/tmp", hostile::argument("mark")));
}
