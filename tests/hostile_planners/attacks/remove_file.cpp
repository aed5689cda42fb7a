// Removes a file of the host's user.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(remove_file) {
  return hostile::tried("unlink", unlink(hostile::path_in(hostile::argument("scratch"), "victim")));
}
