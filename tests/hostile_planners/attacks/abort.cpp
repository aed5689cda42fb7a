// Aborts.
#include <cstdlib>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(abort) {
  std::abort();
}
