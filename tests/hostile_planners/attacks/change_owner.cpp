// Gives a file of the host's user to that user again, which is a change, too.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(change_owner) {
  return hostile::tried("chown", chown(hostile::path_in(hostile::argument("scratch"), "victim"),
                                       static_cast<uid_t>(hostile::number("user")), static_cast<gid_t>(-1)));
}
