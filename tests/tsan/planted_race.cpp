// A race planted on purpose: two actors write one int at the same time, below CAF's handlers, where a real one would
// be. tests/tsan/run fails unless ThreadSanitizer reports it, and unless the same actors taking turns (`--in-turn`) are
// clean: a sanitizer that sees nothing, or sees races in every message, would make all other results worthless. Two
// worker threads.
#include <atomic>
#include <cstdint>
#include <iostream>
#include <string_view>

#include "messages/caf.hpp"

namespace {

using planguild::compat::actor_of;

constexpr std::int64_t answer_timeout_ms = 60'000;

// What both actors write. Plain on purpose.
int shared = 0;
// How many actors are about to write. Relaxed: counting must order nothing, or it would mend the race it is there to
// show.
std::atomic<int> arrived{0};

/// Writes the shared int and answers with the value written. Asked with `together`, it first waits until the other
/// actor is about to write as well, so that the race does not depend on how the two are scheduled.
using writer_interface = actor_of<std::int32_t(bool)>;

struct writer : planguild::compat::state<writer_interface> {
  static constexpr const char* name = "planted-race-writer";
  explicit writer(self_pointer) {}
  behavior_type make_behavior() {
    return {[](bool together) -> std::int32_t {
      if (together) {
        arrived.fetch_add(1, std::memory_order_relaxed);
        while (arrived.load(std::memory_order_relaxed) < 2) {
        }
      }
      return ++shared;
    }};
  }
};

int run(bool in_turn) {
  caf::actor_system_config configuration;
  planguild::compat::configure_scheduler(configuration, 2);
  caf::actor_system system{configuration};
  auto first = planguild::compat::spawn<writer>(system);
  auto second = planguild::compat::spawn<writer>(system);
  {
    caf::scoped_actor self{system};
    if (!in_turn) {
      planguild::compat::tell(first, true);
    }
    const auto ask = [&](const writer_interface& actor) {
      return planguild::compat::ask_blocking<std::int32_t>(self, actor, answer_timeout_ms, !in_turn);
    };
    if (in_turn) {
      for (int turn = 0; turn < 1000; ++turn) {
        if (!ask(first) || !ask(second)) {
          std::cerr << "planted_race: an actor did not answer\n";
          return 3;
        }
      }
    } else if (!ask(second)) {
      std::cerr << "planted_race: an actor did not answer\n";
      return 3;
    }
  }
  planguild::compat::end(first);
  planguild::compat::end(second);
  return 0;
}

}  // namespace

int main(int argument_count, char** arguments) {
  return run(argument_count > 1 && std::string_view{arguments[1]} == "--in-turn");
}
