// Leaves a daemon: a grandchild in a session of its own.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(daemon) {
  const int child = hostile::in_child([] {
    setsid();
    _exit(hostile::in_child(hostile::linger) > 0 ? 7 : 8);
  });
  if (child < 0) return hostile::denied("fork");
  return hostile::exit_code_of(child) == 7 ? hostile::effect("left a daemon") : hostile::denied("fork", EAGAIN);
}
