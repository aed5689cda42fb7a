// Recurses until the stack is full.
#include "tests/hostile_planners/attack.hpp"

namespace {

long deeper(long level) {  // NOLINT(misc-no-recursion): that is the attack
  volatile char frame[4096];
  frame[static_cast<unsigned long>(level) % sizeof frame] = static_cast<char>(level);
  return level == 0 ? 0 : deeper(level + 1) + frame[0];
}

}  // namespace

HOSTILE_ATTACK(overflow_stack) {
  return hostile::effect("survived", deeper(1));
}
