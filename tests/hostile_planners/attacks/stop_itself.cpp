// Stops, as if by a debugger.
#include <csignal>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(stop_itself) {
  return hostile::tried("raise", raise(SIGSTOP));
}
