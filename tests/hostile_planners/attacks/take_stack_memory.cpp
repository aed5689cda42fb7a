// Takes 2 GiB of memory that is said to be a stack, which does not count as data either.
#include <sys/mman.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(take_stack_memory) {
  long taken = 0;
  while (taken < 2'048) {
    constexpr int stack = MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN;
    void* made = mmap(nullptr, 64 << 20, PROT_READ | PROT_WRITE, stack, -1, 0);
    if (made == MAP_FAILED) return hostile::denied("mmap");
    for (long page = 0; page < 64 << 20; page += 1 << 20) static_cast<char*>(made)[page] = 1;
    taken += 64;
  }
  return hostile::effect("took MiB", taken);
}
