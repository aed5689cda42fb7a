// Loads a program into the kernel.
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(load_bpf) {
  alignas(8) unsigned int map[32] = {2 /* an array */, 4, 4, 1};
  return hostile::tried("bpf", syscall(SYS_bpf, 0 /* make a map */, map, sizeof map));
}
