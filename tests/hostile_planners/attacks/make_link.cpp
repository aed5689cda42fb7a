// Leaves a symbolic link in the host's folder.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(make_link) {
  return hostile::tried("symlink", symlink("/etc/passwd", hostile::path_in(hostile::argument("scratch"), "hostile")));
}
