// Renames a file of the host's user.
#include <cstdio>
#include <cstring>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(rename_file) {
  char from[4096];
  (void)strncpy(from, hostile::path_in(hostile::argument("scratch"), "victim"), sizeof from - 1);
  return hostile::tried("rename", rename(from, hostile::path_in(hostile::argument("scratch"), "hostile")));
}
