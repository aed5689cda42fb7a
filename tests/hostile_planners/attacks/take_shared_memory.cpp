// Takes 2 GiB of memory that a process could share, which does not count as its data.
#include <sys/mman.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(take_shared_memory) {
  long taken = 0;
  while (taken < 2'048) {
    void* made = mmap(nullptr, 64 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (made == MAP_FAILED) return hostile::denied("mmap");
    for (long page = 0; page < 64 << 20; page += 1 << 20) static_cast<char*>(made)[page] = 1;
    taken += 64;
  }
  return hostile::effect("took MiB", taken);
}
