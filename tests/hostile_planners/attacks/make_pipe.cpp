// Leaves a named pipe in the host's folder.
#include <sys/stat.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(make_pipe) {
  return hostile::tried("mkfifo", mkfifo(hostile::path_in(hostile::argument("scratch"), "hostile"), 0666));
}
