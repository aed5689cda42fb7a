// Reads a key in the .ssh folder of the host's user.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(read_private_key) {
  return hostile::read_of(hostile::path_in(hostile::argument("scratch"), "home/.ssh/id_ed25519"));
}
