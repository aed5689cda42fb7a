// Runs a program that becomes root to read the password hashes.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(run_setuid_program) {
  const int code = hostile::run_program("/usr/bin/passwd", "-S", nullptr);
  if (code == 0) return hostile::effect("passwd ended with", code);
  return code < 0 ? hostile::denied("execve") : hostile::denied("passwd", EACCES);
}
