// Says two things under one name.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(say_duplicate_keys) {
  hostile::say("{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"method\":\"log\"}\n");
  return {};
}
