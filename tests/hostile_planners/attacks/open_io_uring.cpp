// Opens a ring through which system calls pass no filter.
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(open_io_uring) {
  alignas(16) char parameters[256] = {};
  const long ring = syscall(SYS_io_uring_setup, 1, parameters);
  if (ring < 0 && errno == ENOSYS && *hostile::argument("bare") != '\0') return hostile::impossible("no io_uring");
  return hostile::tried("io_uring_setup", ring);
}
