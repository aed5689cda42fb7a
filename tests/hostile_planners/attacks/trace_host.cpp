// Attaches to the host as a debugger, without stopping it.
#include <sys/ptrace.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(trace_host) {
  const auto host = static_cast<int>(hostile::number("host"));
  const auto attached = ptrace(PTRACE_SEIZE, host, nullptr, nullptr);
  if (attached == 0) (void)ptrace(PTRACE_DETACH, host, nullptr, nullptr);
  return hostile::tried("ptrace", attached);
}
