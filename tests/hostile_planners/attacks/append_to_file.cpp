// Writes at the end of a file of the host's user.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(append_to_file) {
  return hostile::written_to(hostile::path_in(hostile::argument("scratch"), "victim"));
}
