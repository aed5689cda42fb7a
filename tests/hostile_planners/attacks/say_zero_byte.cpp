// Writes a zero byte within a line.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(say_zero_byte) {
  static const char line[] = "{\"jsonrpc\":\"2.0\",\0\"method\":\"log\"}\n";
  hostile::say(line, sizeof line - 1);
  return {};
}
