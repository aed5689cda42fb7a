// Makes a file of the host's user writable to all.
#include <sys/stat.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(change_mode) {
  return hostile::tried("chmod", chmod(hostile::path_in(hostile::argument("scratch"), "victim"), 0666));
}
