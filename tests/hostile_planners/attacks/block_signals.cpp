// Blocks every signal that can be blocked and never comes to an end.
#include <csignal>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(block_signals) {
  sigset_t all;
  sigfillset(&all);
  (void)sigprocmask(SIG_SETMASK, &all, nullptr);
  hostile::spin();
}
