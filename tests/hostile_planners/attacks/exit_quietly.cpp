// Ends as if all were well.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(exit_quietly) {
  _exit(0);
}
