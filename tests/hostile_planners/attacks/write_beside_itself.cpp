// Leaves a file in its own folder.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(write_beside_itself) {
  return hostile::written_to("hostile");
}
