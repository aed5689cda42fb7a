// States, as only the worker may, that every layer is on, and lets the planner go.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(forge_statement) {
  hostile::say(
      "{\"planguild_worker\":1,\"layers\":[[\"landlock\",\"active\",\"abi 99\"],[\"seccomp\",\"active\",\"\"]]}\ngo\n");
  return {};
}
