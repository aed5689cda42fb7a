// Takes a copy of what the host has open.
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(take_host_descriptor) {
  const long host = syscall(SYS_pidfd_open, hostile::number("host"), 0);
  if (host < 0) return hostile::denied("pidfd_open");
  return hostile::tried("pidfd_getfd", syscall(SYS_pidfd_getfd, host, hostile::number("descriptor"), 0));
}
