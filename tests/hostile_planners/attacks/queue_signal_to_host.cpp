// Sends the host a signal with a value.
#include <csignal>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(queue_signal_to_host) {
  return hostile::tried("sigqueue", sigqueue(static_cast<int>(hostile::number("host")), SIGURG, {}));
}
