// Ends, and leaves a child that keeps the channel open.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(leave_child_with_channel) {
  const int child = hostile::in_child(hostile::linger);
  if (child < 0) return hostile::denied("fork");
  _exit(0);
}
