// Takes 2 GiB of shared memory by way of the device of zeros, which gives memory without a file.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(take_zero_memory) {
  const int zeros = open("/dev/zero", O_RDWR | O_CLOEXEC);
  if (zeros < 0) return hostile::denied("open");
  long taken = 0;
  while (taken < 2'048) {
    void* made = mmap(nullptr, 64 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, zeros, 0);
    if (made == MAP_FAILED) return hostile::denied("mmap");
    for (long page = 0; page < 64 << 20; page += 1 << 20) static_cast<char*>(made)[page] = 1;
    taken += 64;
  }
  return hostile::effect("took MiB", taken);
}
