// Opens what the host has open, through /proc.
#include <cstdio>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(open_host_descriptor) {
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/%ld/fd/%ld", hostile::number("host"), hostile::number("descriptor"));
  return hostile::read_of(path);
}
