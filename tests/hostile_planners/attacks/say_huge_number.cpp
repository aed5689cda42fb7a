// Says a number that no double holds.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(say_huge_number) {
  hostile::say("{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"params\":{\"level\":1e999999}}\n");
  return {};
}
