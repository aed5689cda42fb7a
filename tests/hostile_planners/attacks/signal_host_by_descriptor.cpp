// Sends the host a signal through a descriptor of it.
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(signal_host_by_descriptor) {
  const long host = syscall(SYS_pidfd_open, hostile::number("host"), 0);
  if (host < 0) return hostile::denied("pidfd_open");
  return hostile::tried("pidfd_send_signal", syscall(SYS_pidfd_send_signal, host, SIGURG, nullptr, 0));
}
