// Leaves a file in /dev/shm.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(write_shared_memory) {
  return hostile::written_to(hostile::path_in("/dev/shm", hostile::argument("mark")));
}
