// Writes bytes that are no text.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(say_binary) {
  hostile::say("\xff\xfe\x80{}\n");
  return {};
}
