// Starts three hundred threads.
#include <pthread.h>
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(thread_bomb) {
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 64 << 10);
  long made = 0;
  int error = 0;
  while (made < 300 && error == 0) {
    pthread_t thread{};
    error = pthread_create(
        &thread, &small, [](void*) -> void* { hostile::linger(); }, nullptr);
    made += error == 0 ? 1 : 0;
  }
  return made == 300 ? hostile::effect("threads", made) : hostile::denied("pthread_create", error);
}
