// Ends by std::terminate.
#include <exception>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(terminate) {
  std::terminate();
}
