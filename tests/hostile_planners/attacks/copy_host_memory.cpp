// Copies a secret out of the host's memory.
#include <sys/uio.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(copy_host_memory) {
  char secret[16];
  iovec here{secret, sizeof secret};
  iovec there{reinterpret_cast<void*>(hostile::number("address")), sizeof secret};
  return hostile::tried("process_vm_readv",
                        process_vm_readv(static_cast<int>(hostile::number("host")), &here, 1, &there, 1, 0));
}
