// How long a replaced instance may go on, and when an idle one retires. Test scheduler and clock, scripted processes.
#include <catch2/catch.hpp>

#include "actors/instantiation/lifecycle.hpp"
#include "messages/limits.hpp"
#include "tests/actors/instantiation/instance_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

void reload(instance_world& w) {
  w.world.ask<ack>(w.instance, reload_instance{});
  w.world.run();
}

/// A plan under way, of which the planner never says anything.
answer<outcome<plan_result>> hang(instance_world& w, std::uint64_t generation = 1) {
  w.script.on_request = [](scripted_process&, const nlohmann::json&) { return true; };
  auto hanging = w.plan({}, 0, generation);
  w.world.advance(10);
  return hanging;
}

/// A lifecycle without an actor: its timers are counted, and what it is told comes as it would from the actor.
class counted_effects final : public instance_effects {
 public:
  explicit counted_effects(test_system& world) : world_(world) {}
  process_sink sink_for(std::uint64_t session) override {
    return [this, session](const process_event& event) {
      world_.after(0, [this, session, event] { instance->on_process(session, event); });
    };
  }
  void start_timer(std::uint64_t number, std::int64_t delay_ms) override {
    long_timers += delay_ms > 100'000 ? 1 : 0;
    world_.after(delay_ms, [this, number, delay_ms] {
      long_timers -= delay_ms > 100'000 ? 1 : 0;
      instance->on_timer(number);
    });
  }
  void answer_acquire(std::uint64_t, outcome<instance_info>) override {}
  void answer_plan(std::uint64_t, outcome<plan_result> answer) override { plans += answer ? 1 : 0; }
  void answer_admit(std::uint64_t, admission_verdict) override {}
  void answer_stop(std::uint64_t, instance_stopped) override {}
  void tell_state(instance_state_changed) override {}
  void tell_outcome(invocation_outcome news) override { last_outcome = std::move(news); }
  void ask_budget(restart_budget_spent) override {}

  lifecycle* instance = nullptr;
  int long_timers = 0;  // armed and not yet due, of more than 100 s
  int plans = 0;
  invocation_outcome last_outcome;

 private:
  test_system& world_;
};

}  // namespace

TEST_CASE("A running invocation has the drain to finish with the former bytes, then it is stale") {
  instance_world w;
  w.spawn();
  w.start();
  auto hanging = hang(w);
  reload(w);
  w.world.advance(limits::drain_ms - 1);
  CHECK_FALSE(hanging->has_value());
  w.world.advance(1);
  CHECK(code_of(hanging) == failure_code::stale_handle);
}

TEST_CASE("A further reload during the drain grants no further time") {
  instance_world w;
  w.spawn();
  w.start();
  auto hanging = hang(w);
  reload(w);
  for (int again = 0; again < 4; ++again) {
    w.world.advance(limits::drain_ms / 5);
    reload(w);
  }
  CHECK_FALSE(hanging->has_value());
  w.world.advance(limits::drain_ms / 5);
  CHECK(code_of(hanging) == failure_code::stale_handle);
}

TEST_CASE("A drain that ends while the instance stops leaves it stopped") {
  instance_world w;
  w.spawn();
  w.start();
  auto hanging = hang(w);
  reload(w);
  auto stopped = w.world.ask<instance_stopped>(w.instance, stop_instance{2 * limits::drain_ms});
  w.world.advance(limits::drain_ms);
  CHECK(code_of(hanging) == failure_code::stale_handle);
  w.world.advance(limits::drain_ms);
  REQUIRE(stopped->has_value());
  CHECK((*stopped)->processes_left == 0);
  REQUIRE_FALSE(w.record.states.empty());
  CHECK(w.record.states.back().phase == instance_phase::stopped);
}

TEST_CASE("A drain that is over early takes nothing from the next one") {
  instance_world w;
  w.spawn();
  w.start();
  w.script.answer_delay_ms = 1'000;
  auto first = w.plan();
  w.world.advance(10);
  reload(w);
  w.world.advance(1'100);
  CHECK(is_value(first));
  w.script.answer_delay_ms = 0;
  auto ready = w.acquire();
  w.world.advance(300);
  REQUIRE(is_value(ready));
  auto second = hang(w, 2);
  reload(w);
  w.world.advance(limits::drain_ms - 1);
  CHECK_FALSE(second->has_value());
  w.world.advance(1);
  CHECK(code_of(second) == failure_code::stale_handle);
}

TEST_CASE("An outcome tells the bytes that ran, also when others have come meanwhile") {
  instance_world w;
  w.spawn();
  w.start();
  w.script.answer_delay_ms = 100;
  auto given = w.plan();
  w.world.advance(10);
  auto next = w.planner_;
  next.digest = "digest-of-other-bytes";
  w.world.ask<ack>(w.instance, replace_planner{next});
  w.world.advance(200);
  REQUIRE(is_value(given));
  REQUIRE(w.record.outcomes.size() == 1);
  CHECK(w.record.outcomes[0].digest == w.planner_.digest);
}

TEST_CASE("Idle means since the last use, and however many invocations there were, one timer waits for it") {
  test_system world;
  test_environment env{world};
  const config configuration;
  counted_effects effects{world};
  lifecycle instance{make_planner("alpha"), configuration, env.outside, effects};
  effects.instance = &instance;
  run_plan request;
  request.generation = 1;
  request.objective = "improve it";
  request.timeout_ms = 1'000;
  constexpr int plans = 200;
  for (int number = 1; number <= plans; ++number) {
    instance.run(static_cast<std::uint64_t>(number), request);
    world.advance(500);
    CHECK(effects.long_timers == 1);
  }
  REQUIRE(effects.plans == plans);
  world.advance(limits::idle_retire_s * 1'000 - 1'000);
  CHECK(instance.phase() == instance_phase::running);
  CHECK(effects.long_timers <= 1);
  world.advance(1'000);
  CHECK(instance.phase() == instance_phase::idle);
  world.advance(limits::idle_retire_s * 1'000);
  CHECK(effects.long_timers == 0);
}
