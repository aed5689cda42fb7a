// Sends a signal to its whole process group, which would be the host's had it none of its own.
#include <unistd.h>

#include <csignal>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(signal_group) {
  if (getpgrp() == getpid() || getpgrp() == 0) return hostile::denied("getpgrp", ESRCH);
  return hostile::tried("kill", kill(0, SIGURG));
}
