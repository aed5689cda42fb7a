// Leaves a file in its own folder, from which it may be started again.
#include <sys/stat.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(write_beside_itself) {
  (void)chmod(".", 0700);  // finished copies lie in folders that nobody may write to, their owner least of all
  return hostile::written_to("hostile");
}
