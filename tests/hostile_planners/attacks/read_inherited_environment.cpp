// Looks for a secret in the environment that it was started with.
#include <cstdlib>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(read_inherited_environment) {
  const char* secret = getenv("ZOO_SECRET");  // NOLINT(concurrency-mt-unsafe): one thread
  return secret == nullptr ? hostile::denied("getenv", ENOENT) : hostile::effect("found a secret");
}
