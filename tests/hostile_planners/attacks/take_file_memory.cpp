// Takes 1.5 GiB as a file without a name, which counts for no process.
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(take_file_memory) {
  (void)signal(SIGXFSZ, SIG_IGN);
  const int memory = memfd_create("hostile", MFD_CLOEXEC);
  if (memory < 0) return hostile::denied("memfd_create");
  return hostile::tried("ftruncate", ftruncate(memory, 1'536L << 20));
}
