// Chooses the processor that it runs on.
#include <sched.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(pin_processor) {
  cpu_set_t processors;
  if (sched_getaffinity(0, sizeof processors, &processors) != 0) return hostile::denied("sched_getaffinity");
  return hostile::tried("sched_setaffinity", sched_setaffinity(0, sizeof processors, &processors));
}
