// Reads the host's environment.
#include <cstdio>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(read_host_environment) {
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/%ld/environ", hostile::number("host"));
  return hostile::read_of(path);
}
