// Adds an extended attribute to a file of the host's user.
#include <sys/xattr.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(set_attribute) {
  const int set = setxattr(hostile::path_in(hostile::argument("scratch"), "victim"), "user.hostile", "x", 1, 0);
  if (set != 0 && errno == ENOTSUP) return hostile::impossible("the file system keeps no attributes");
  return hostile::tried("setxattr", set);
}
