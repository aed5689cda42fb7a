// Nests a hundred thousand lists.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(say_deeply_nested) {
  static char line[200'002];
  for (int depth = 0; depth < 100'000; ++depth) {
    line[depth] = '[';
    line[100'000 + depth] = ']';
  }
  line[200'000] = '\n';
  hostile::say(line, 200'001);
  return {};
}
