// Reads where the host's memory is.
#include <cstdio>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(read_host_maps) {
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/%ld/maps", hostile::number("host"));
  return hostile::read_of(path);
}
