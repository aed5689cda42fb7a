// Answers a request that was never made.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(answer_others) {
  hostile::say("{\"jsonrpc\":\"2.0\",\"id\":\"somebody-elses\",\"result\":{\"passed\":true}}\n");
  return {};
}
