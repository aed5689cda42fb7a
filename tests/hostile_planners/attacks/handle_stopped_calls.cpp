// Handles what the filter stops, and so goes on making calls for which it is to be ended.
#include <sys/ptrace.h>

#include <csignal>

#include "tests/hostile_planners/attack.hpp"

namespace {

void go_on(int) {}

}  // namespace

HOSTILE_ATTACK(handle_stopped_calls) {
  struct sigaction action {};
  action.sa_handler = go_on;
  action.sa_flags = SA_NODEFER;
  if (sigaction(SIGSYS, &action, nullptr) != 0) return hostile::denied("sigaction");
  long made = 0;
  for (; made < 9; ++made) (void)ptrace(PTRACE_CONT, 0, nullptr, nullptr);
  return hostile::effect("lived through calls", made);
}
