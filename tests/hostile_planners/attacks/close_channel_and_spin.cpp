// Closes its end of the channel and works on.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(close_channel_and_spin) {
  const int descriptor = hostile::channel();
  close(STDIN_FILENO);
  close(descriptor);
  hostile::spin();
}
