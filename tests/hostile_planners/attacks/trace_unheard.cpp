// Makes a call for which it is ended, with the signal blocked by which its process would hear of that.
#include <sys/ptrace.h>

#include <csignal>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(trace_unheard) {
  sigset_t all;
  sigfillset(&all);
  (void)pthread_sigmask(SIG_SETMASK, &all, nullptr);
  return hostile::tried("ptrace", ptrace(PTRACE_CONT, 0, nullptr, nullptr));
}
