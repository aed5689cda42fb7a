// Maps memory that is both written and executed.
#include <sys/mman.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(map_writable_code) {
  void* made = mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return made == MAP_FAILED ? hostile::denied("mmap") : hostile::effect("mapped");
}
