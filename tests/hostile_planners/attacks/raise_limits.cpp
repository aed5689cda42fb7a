// Lifts its own limits.
#include <sys/resource.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(raise_limits) {
  const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
  return hostile::tried("setrlimit", setrlimit(RLIMIT_FSIZE, &none));
}
