// Leaves a key in the kernel.
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(add_key) {
  return hostile::tried("add_key", syscall(SYS_add_key, "user", "hostile", "x", 1, -2 /* of the process */));
}
