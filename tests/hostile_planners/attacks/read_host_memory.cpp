// Reads a secret out of the host's memory through /proc.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(read_host_memory) {
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/%ld/mem", hostile::number("host"));
  const int memory = open(path, O_RDONLY | O_CLOEXEC);
  if (memory < 0) return hostile::denied("open");
  char secret[16];
  return hostile::tried("pread", pread(memory, secret, sizeof secret, hostile::number("address")));
}
