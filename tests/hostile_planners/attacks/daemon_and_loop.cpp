// Leaves a daemon and never comes to an end.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(daemon_and_loop) {
  (void)hostile::in_child([] {
    setsid();
    (void)hostile::in_child(hostile::linger);
  });
  hostile::spin();
}
