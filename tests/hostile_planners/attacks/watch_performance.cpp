// Measures another process's work, a way to its secrets.
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(watch_performance) {
  alignas(8) unsigned int wanted[32] = {1 /* software */, 112, 1 /* task clock */};
  return hostile::tried("perf_event_open", syscall(SYS_perf_event_open, wanted, 0, -1, -1, 0));
}
