// Mounts a file system over the host's folder, for itself alone.
#include <sched.h>
#include <sys/mount.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(mount_over) {
  if (unshare(CLONE_NEWNS) != 0) return hostile::denied("unshare");
  return hostile::tried("mount", mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr));
}
