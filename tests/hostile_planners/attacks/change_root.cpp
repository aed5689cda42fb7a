// Makes another folder its root.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(change_root) {
  return hostile::tried("chroot", chroot("/"));
}
