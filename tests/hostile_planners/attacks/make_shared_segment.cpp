// Leaves shared memory that outlives it.
#include <sys/ipc.h>
#include <sys/shm.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(make_shared_segment) {
  const int segment = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
  if (segment >= 0) (void)shmctl(segment, IPC_RMID, nullptr);  // the test's machine stays clean
  return hostile::tried("shmget", segment);
}
