// Makes a process by the newer system call, whose arguments no filter can see.
#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(raw_clone3) {
  clone_args wanted{};
  wanted.exit_signal = SIGCHLD;
  const long child = syscall(SYS_clone3, &wanted, sizeof wanted);
  if (child == 0) hostile::linger();
  return hostile::tried("clone3", child);
}
