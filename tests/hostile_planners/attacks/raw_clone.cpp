// Makes a process by the system call, past the library.
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(raw_clone) {
  const long child = syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (child == 0) hostile::linger();
  return hostile::tried("clone", child);
}
