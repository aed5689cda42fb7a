// Sets a file's times back.
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(change_times) {
  const timespec times[2] = {{1, 0}, {1, 0}};
  return hostile::tried("utimensat",
                        utimensat(AT_FDCWD, hostile::path_in(hostile::argument("scratch"), "victim"), times, 0));
}
