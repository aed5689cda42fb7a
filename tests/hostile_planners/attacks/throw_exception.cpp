// Throws what nobody catches.
#include <stdexcept>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(throw_exception) {
  throw std::runtime_error("hostile");
}
