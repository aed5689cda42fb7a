// Leaves a folder in the host's.
#include <sys/stat.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(make_folder) {
  return hostile::tried("mkdir", mkdir(hostile::path_in(hostile::argument("scratch"), "hostile"), 0777));
}
