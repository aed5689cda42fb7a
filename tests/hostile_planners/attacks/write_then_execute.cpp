// Writes code and then makes it executable.
#include <sys/mman.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(write_then_execute) {
  void* made = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (made == MAP_FAILED) return hostile::denied("mmap");
  *static_cast<unsigned char*>(made) = 0xc3;
  return hostile::tried("mprotect", mprotect(made, 4096, PROT_READ | PROT_EXEC));
}
