// Answers one request twice.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(answer_twice) {
  hostile::answers = 2;
  return {};
}
