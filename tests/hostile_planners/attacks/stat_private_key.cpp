// Asks whether a file in the host's .ssh folder exists: what is there is told even if it cannot be read.
#include <sys/stat.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(stat_private_key) {
  struct stat facts {};
  return hostile::tried("stat", stat(hostile::path_in(hostile::argument("scratch"), "home/.ssh/id_ed25519"), &facts));
}
