// Closes everything that it has open, the channel too, and works on.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(close_channel_and_spin) {
  for (int descriptor = 0; descriptor < 1'024; ++descriptor) close(descriptor);
  hostile::spin();
}
