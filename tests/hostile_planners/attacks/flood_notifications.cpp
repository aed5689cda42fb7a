// Tells of its progress without end.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(flood_notifications) {
  const char* line = R"({"jsonrpc":"2.0","method":"log","params":{"level":"info","message":"x"}})"
                     "\n";
  for (int time = 0; time < 20'000; ++time) hostile::say(line);
  hostile::linger();
}
