// Cuts a file of the host's user off.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(truncate_file) {
  return hostile::tried("truncate", truncate(hostile::path_in(hostile::argument("scratch"), "victim"), 1));
}
