// Instantiation: single flight, deadlines, cancelling, supervision. Test scheduler and clock, scripted processes.
#include <catch2/catch.hpp>

#include "messages/limits.hpp"
#include "tests/actors/instantiation/instance_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

TEST_CASE("64 concurrent acquires of a planner that takes 200 ms to start are one construction and 64 equal answers") {
  instance_world w;
  w.script.answer_delay_ms = 200;
  w.spawn();
  std::vector<answer<outcome<instance_info>>> answers;
  for (int i = 0; i < 64; ++i) {
    answers.push_back(w.acquire());
  }
  w.world.advance(199);
  for (const auto& given : answers) {
    CHECK_FALSE(given->has_value());
  }
  w.world.advance(10);
  for (const auto& given : answers) {
    REQUIRE(is_value(given));
    CHECK(**given == **answers.front());
  }
  CHECK(w.env.processes->starts("alpha") == 1);
  CHECK((**answers.front())->starts == 1);
  CHECK((**answers.front())->sandbox == "no-host-reads, no-host-writes, no-network, no-secrets");
  CHECK(w.constructions() == 1);
}

TEST_CASE("64 acquires of a planner whose start fails are one attempt and 64 equal failures; the next tries again") {
  instance_world w;
  w.script.on_start = [](scripted_process& process) { process.exit(3, "no luck"); };
  w.spawn();
  std::vector<answer<outcome<instance_info>>> answers;
  for (int i = 0; i < 64; ++i) {
    answers.push_back(w.acquire());
  }
  w.world.advance(5);
  for (const auto& given : answers) {
    CHECK(code_of(given) == failure_code::load_failed);
    CHECK(**given == **answers.front());
  }
  CHECK(w.env.processes->starts("alpha") == 1);
  CHECK(w.phase() == instance_phase::idle);
  CHECK_FALSE(w.record.states.back().error.empty());
  CHECK(w.record.states.back().evidence->exit_code == 3);
  CHECK(w.record.states.back().evidence->stderr_tail == "no luck");

  w.script.on_start = {};
  auto again = w.acquire();
  w.world.advance(5);
  CHECK(is_value(again));
  CHECK(w.env.processes->starts("alpha") == 2);
  CHECK(w.record.states.back().error.empty());
}

TEST_CASE("A waiter's own timeout ends its wait only") {
  instance_world w;
  w.script.answer_delay_ms = 200;
  w.spawn();
  auto hasty = w.acquire(50);
  auto patient = w.acquire(10'000);
  w.world.advance(50);
  CHECK(code_of(hasty) == failure_code::deadline_exceeded);
  CHECK_FALSE(patient->has_value());
  w.world.advance(200);
  CHECK(is_value(patient));
  CHECK(w.env.processes->starts("alpha") == 1);
}

TEST_CASE("When the last waiter leaves, the start is cancelled; the next acquire is a new flight") {
  instance_world w;
  w.script.answer_delay_ms = 200;
  w.spawn();
  auto first = w.acquire(50);
  auto second = w.acquire(60);
  w.world.advance(55);
  CHECK(w.env.processes->running() == 1);
  w.world.advance(10);
  CHECK(code_of(first) == failure_code::deadline_exceeded);
  CHECK(code_of(second) == failure_code::deadline_exceeded);
  CHECK(w.env.processes->running() == 0);
  CHECK(w.phase() == instance_phase::idle);
  auto third = w.acquire();
  w.world.advance(210);
  CHECK(is_value(third));
  CHECK(w.env.processes->starts("alpha") == 2);
}

TEST_CASE("Cancelling an acquire answers it with cancelled") {
  instance_world w;
  w.script.answer_delay_ms = 200;
  w.spawn();
  auto cancelled = w.acquire(10'000, 7);
  auto other = w.acquire(10'000, 8);
  w.world.run();
  w.world.ask<ack>(w.instance, cancel_work{7});
  w.world.advance(1);
  CHECK(code_of(cancelled) == failure_code::cancelled);
  w.world.advance(210);
  CHECK(is_value(other));
}

TEST_CASE("A handshake that does not come in time is load_timeout, and the process is killed") {
  instance_world w;
  w.configuration.import_timeout_s = 0.3;
  w.script.on_request = [](scripted_process&, const nlohmann::json&) { return true; };
  w.spawn();
  auto given = w.acquire();
  w.world.advance(299);
  CHECK_FALSE(given->has_value());
  w.world.advance(5);
  CHECK(code_of(given) == failure_code::load_timeout);
  CHECK(w.env.processes->running() == 0);
}

TEST_CASE("An import timeout of 0 or less expires at once") {
  instance_world w;
  w.configuration.import_timeout_s = -1;
  w.script.on_request = [](scripted_process&, const nlohmann::json&) { return true; };
  w.spawn();
  auto given = w.acquire();
  w.world.advance(2);
  CHECK(code_of(given) == failure_code::load_timeout);
}

TEST_CASE("Every way a handshake can go wrong has its code") {
  struct row {
    const char* what;
    std::function<bool(scripted_process&, const nlohmann::json&)> on_request;
    failure_code expected;
  };
  const row rows[] = {
      {"an error answer", [](scripted_process& p, const nlohmann::json& r) { return p.reply_error(r, "cannot"), true; },
       failure_code::start_failed},
      {"another name",
       [](scripted_process& p, const nlohmann::json& r) {
         p.reply(r, {{"protocol", 1}, {"name", "beta"}, {"version", "1.0.0"}, {"capabilities", {"structural"}}});
         return true;
       },
       failure_code::handshake_mismatch},
      {"another version",
       [](scripted_process& p, const nlohmann::json& r) {
         p.reply(r, {{"protocol", 1}, {"name", "alpha"}, {"version", "2"}, {"capabilities", {"structural"}}});
         return true;
       },
       failure_code::handshake_mismatch},
      {"fewer capabilities",
       [](scripted_process& p, const nlohmann::json& r) {
         p.reply(r,
                 {{"protocol", 1}, {"name", "alpha"}, {"version", "1.0.0"}, {"capabilities", nlohmann::json::array()}});
         return true;
       },
       failure_code::handshake_mismatch},
      {"another protocol",
       [](scripted_process& p, const nlohmann::json& r) {
         p.reply(r, {{"protocol", 2}, {"name", "alpha"}, {"version", "1.0.0"}, {"capabilities", {"structural"}}});
         return true;
       },
       failure_code::handshake_mismatch},
      {"noise", [](scripted_process& p, const nlohmann::json&) { return p.say("hello world"), true; },
       failure_code::protocol_error},
      {"a wrong id",
       [](scripted_process& p, const nlohmann::json&) {
         return p.say(R"({"jsonrpc":"2.0","id":"x","result":{}})"), true;
       },
       failure_code::protocol_error},
      {"half a line and the end",
       [](scripted_process& p, const nlohmann::json&) { return p.close_output("{\"json"), true; },
       failure_code::protocol_error},
      {"an endless line", [](scripted_process& p, const nlohmann::json&) { return p.say_too_long(), true; },
       failure_code::limit_exceeded},
      {"exit code 0", [](scripted_process& p, const nlohmann::json&) { return p.exit(0), true; },
       failure_code::load_failed},
      {"a signal", [](scripted_process& p, const nlohmann::json&) { return p.die(11), true; },
       failure_code::load_failed},
  };
  for (const auto& r : rows) {
    INFO(r.what);
    instance_world w;
    w.script.on_request = r.on_request;
    w.spawn();
    auto given = w.acquire();
    w.world.advance(5);
    CHECK(code_of(given) == r.expected);
    CHECK(w.env.processes->running() == 0);
    CHECK_FALSE(w.record.states.back().error.empty());
  }
}

TEST_CASE("A planner that cannot be started at all is load_failed with the reason") {
  instance_world w;
  w.script.on_start = [](scripted_process& process) { process.fail_to_start("no such file"); };
  w.spawn();
  auto given = w.acquire();
  w.world.advance(5);
  REQUIRE(code_of(given) == failure_code::load_failed);
  CHECK((*given)->error->message.find("no such file") != std::string::npos);
}

TEST_CASE("A running planner that dies restarts with doubling back-off, then its budget is spent") {
  instance_world w;
  w.spawn();
  w.start();
  REQUIRE(w.phase() == instance_phase::running);
  for (const std::int64_t delay_ms : {200, 400, 800}) {
    w.env.processes->newest("alpha").die(11);
    w.world.run();
    CHECK(w.phase() == instance_phase::backing_off);
    const auto starts = w.env.processes->starts("alpha");
    w.world.advance(delay_ms - 1);
    CHECK(w.env.processes->starts("alpha") == starts);
    w.world.advance(3);
    CHECK(w.env.processes->starts("alpha") == starts + 1);
    CHECK(w.phase() == instance_phase::running);
  }
  CHECK(w.record.budgets.empty());
  w.env.processes->newest("alpha").die(11);
  w.world.run();
  REQUIRE(w.record.budgets.size() == 1);
  CHECK(w.record.budgets[0].evidence.signal == 11);
  CHECK(w.phase() == instance_phase::quarantined);
  auto refused = w.acquire();
  w.world.run();
  CHECK(code_of(refused) == failure_code::quarantined);
}

TEST_CASE("The last admitted planner keeps backing off instead of being quarantined") {
  instance_world w;
  w.record.decision = budget_decision::keep_trying;
  w.spawn();
  w.start();
  w.script.on_start = [](scripted_process& process) { process.exit(1); };
  w.env.processes->newest("alpha").die(11);
  w.world.advance(5'000);
  CHECK(w.record.budgets.size() >= 1);
  CHECK(w.phase() != instance_phase::quarantined);
  w.script.on_start = {};
  auto waiter = w.acquire(10'000);
  w.world.advance(3'000);
  CHECK(is_value(waiter));
}

TEST_CASE("Acquires during back-off wait within their deadline") {
  instance_world w;
  w.spawn();
  w.start();
  w.env.processes->newest("alpha").die(6);
  w.world.run();
  auto hasty = w.acquire(100);
  auto patient = w.acquire(1'000);
  w.world.advance(150);
  CHECK(code_of(hasty) == failure_code::deadline_exceeded);
  w.world.advance(100);
  CHECK(is_value(patient));
}

TEST_CASE("An idle instance retires and starts again on demand with the same generation") {
  instance_world w;
  w.spawn();
  w.start();
  w.world.advance(limits::idle_retire_s * 1'000 + 10);
  CHECK(w.phase() == instance_phase::idle);
  CHECK(w.env.processes->running() == 0);
  auto given = w.plan();
  w.world.advance(50);
  REQUIRE(is_value(given));
  CHECK((**given)->instance.generation == 1);
  CHECK(w.env.processes->starts("alpha") == 2);
}

TEST_CASE("New bytes grow the generation: the running request finishes, queued ones are stale, the next starts anew") {
  instance_world w;
  w.spawn();
  w.start();
  w.script.answer_delay_ms = 100;
  auto running = w.plan();
  auto queued = w.plan();
  w.world.advance(10);
  auto changed = make_planner("alpha");
  changed.digest = "other";
  w.world.ask<ack>(w.instance, replace_planner{changed});
  w.world.advance(5);
  CHECK(code_of(queued) == failure_code::stale_handle);
  auto late = w.plan();
  w.world.advance(1);
  CHECK(code_of(late) == failure_code::stale_handle);
  w.world.advance(120);
  CHECK(is_value(running));
  auto fresh = w.acquire();
  w.world.advance(210);
  REQUIRE(is_value(fresh));
  CHECK((**fresh)->generation == 2);
}

TEST_CASE("Stopping answers what waits with stopping, lets the running request finish and leaves no process") {
  instance_world w;
  w.spawn();
  w.start();
  w.script.answer_delay_ms = 100;
  auto running = w.plan();
  auto queued = w.plan();
  w.world.advance(10);
  auto stopped = w.world.ask<instance_stopped>(w.instance, stop_instance{5'000});
  w.world.advance(1);
  CHECK(code_of(queued) == failure_code::stopping);
  CHECK_FALSE(stopped->has_value());
  w.world.advance(400);
  CHECK(is_value(running));
  REQUIRE(stopped->has_value());
  CHECK((*stopped)->workers_ended == 1);
  CHECK((*stopped)->processes_left == 0);
  auto late = w.acquire();
  w.world.run();
  CHECK(code_of(late) == failure_code::stopping);
  CHECK(w.env.processes->running() == 0);
}

TEST_CASE("Stopping kills a planner that does not end by the deadline") {
  instance_world w;
  w.spawn();
  w.start();
  w.script.on_request = [](scripted_process&, const nlohmann::json&) { return true; };
  auto hanging = w.plan();
  w.world.advance(10);
  auto stopped = w.world.ask<instance_stopped>(w.instance, stop_instance{1'000});
  w.world.advance(1'000);
  REQUIRE(stopped->has_value());
  CHECK(code_of(hanging) == failure_code::stopping);
  CHECK((*stopped)->processes_left == 0);
  CHECK(w.env.processes->running() == 0);
}

TEST_CASE("An acquire while a replaced planner drains gets the next generation, alive") {
  instance_world w;
  w.spawn();
  w.start();
  w.script.answer_delay_ms = 100;
  auto running = w.plan();
  w.world.advance(10);
  w.world.ask<ack>(w.instance, reload_instance{});
  auto next = w.acquire();
  w.world.advance(50);
  CHECK_FALSE(next->has_value());
  w.world.advance(500);
  REQUIRE(is_value(running));
  CHECK((**running)->instance.generation == 1);  // of which it was asked
  REQUIRE(is_value(next));
  CHECK((**next)->generation == 2);
  auto works = w.plan({}, 0, 2);
  w.world.advance(200);
  CHECK(is_value(works));
}

TEST_CASE("Deadlines of answered requests are forgotten, those of open ones are kept") {
  instance_world w;
  w.spawn();
  w.start();
  for (int i = 0; i < 1'500; ++i) {
    auto answered = w.plan(3'600'000);
    w.world.advance(11);
    REQUIRE(is_value(answered));
  }
  w.script.answer_delay_ms = 500;
  auto working = w.plan();
  auto late = w.plan(100);
  w.world.advance(99);
  CHECK_FALSE(late->has_value());
  w.world.advance(2);
  CHECK(code_of(late) == failure_code::deadline_exceeded);
  w.world.advance(500);
  CHECK(is_value(working));
}
