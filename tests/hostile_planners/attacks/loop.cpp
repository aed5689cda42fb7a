// Never comes to an end.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(loop) {
  hostile::spin();
}
