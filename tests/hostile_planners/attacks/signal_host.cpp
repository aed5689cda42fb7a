// Sends a signal to the host; one that it survives, so that the test does.
#include <csignal>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(signal_host) {
  return hostile::tried("kill", kill(static_cast<int>(hostile::number("host")), SIGURG));
}
