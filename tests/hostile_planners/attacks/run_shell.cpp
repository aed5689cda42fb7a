// Runs a shell.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(run_shell) {
  const int code = hostile::run_program("/bin/sh", "-c", "exit 77");
  return code == 77 ? hostile::effect("the shell ended with", code) : hostile::denied("execve");
}
