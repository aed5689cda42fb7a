// Writes into the host's memory.
#include <sys/uio.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(overwrite_host_memory) {
  char word[] = "hostile";
  iovec here{word, sizeof word};
  iovec there{reinterpret_cast<void*>(hostile::number("scribble")), sizeof word};
  return hostile::tried("process_vm_writev",
                        process_vm_writev(static_cast<int>(hostile::number("host")), &here, 1, &there, 1, 0));
}
