// Maps the same memory once to write and once to execute.
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(map_memory_twice) {
  (void)signal(SIGXFSZ, SIG_IGN);
  const int memory = memfd_create("hostile", MFD_CLOEXEC);
  if (memory < 0) return hostile::denied("memfd_create");
  if (ftruncate(memory, 4096) != 0) return hostile::denied("ftruncate");
  void* written = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  void* executed = mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, memory, 0);
  if (written == MAP_FAILED || executed == MAP_FAILED) return hostile::denied("mmap");
  return hostile::effect("mapped twice");
}
