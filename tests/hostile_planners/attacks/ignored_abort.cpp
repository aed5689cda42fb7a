// Ignores the signal by which it would abort, then aborts.
#include <csignal>
#include <cstdlib>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(ignored_abort) {
  (void)std::signal(SIGABRT, SIG_IGN);
  std::abort();
}
