// Asks for the kernel's log.
#include <sys/klog.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(read_kernel_log) {
  return hostile::tried("klogctl", klogctl(10 /* its size */, nullptr, 0));
}
