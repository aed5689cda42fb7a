// Ends as if the filter had stopped it, and gives a secret for the name of the call.
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(forge_stopped_call) {
  const char* line =
      "planguild-library-worker: the system call filter stopped \033[31m ghp_abcdefghijklmnopqrstuvwxyz0123456789\n";
  (void)!write(STDERR_FILENO, line, strlen(line));
  return hostile::tried("raise", raise(SIGSYS));
}
