// The baseline of list_benchmark: a CAF program that starts an actor system as planguild does, and ends. Main thread.
#include "app/host/runtime.hpp"

int main() {
  caf::actor_system_config configuration;
  planguild::prepare(configuration);
  caf::actor_system system{configuration};
  return 0;
}
