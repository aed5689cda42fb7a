// Sends a signal to the host's first thread.
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(signal_host_thread) {
  return hostile::tried("tgkill", syscall(SYS_tgkill, hostile::number("host"), hostile::number("host"), SIGURG));
}
