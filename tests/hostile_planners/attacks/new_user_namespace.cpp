// Makes a user namespace, in which it would be root before much of the kernel.
#include <sched.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(new_user_namespace) {
  return hostile::tried("unshare", unshare(CLONE_NEWUSER));
}
