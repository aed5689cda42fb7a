// Writes where nothing is.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(crash) {
  *reinterpret_cast<volatile int*>(static_cast<std::size_t>(hostile::number("nowhere"))) = 1;
  return hostile::effect("survived");
}
