// Admission probes: every verdict with its evidence, in a process of its own. Test scheduler and clock, scripted
// processes.
#include <catch2/catch.hpp>

#include "tests/actors/instantiation/instance_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

TEST_CASE("A good planner passes its probe, and the probe's process ends") {
  instance_world w;
  w.spawn();
  auto verdict = w.world.ask<admission_verdict>(w.instance, admit{});
  w.world.advance(10);
  REQUIRE(verdict->has_value());
  CHECK((*verdict)->state == admission_state::admitted);
  CHECK((*verdict)->self_test_passed == true);
  CHECK((*verdict)->digest == "digest-of-alpha");
  CHECK(w.env.processes->running() == 0);
  CHECK(w.constructions() == 0);
  CHECK(w.phase() == instance_phase::idle);
}

TEST_CASE("A planner without a self-test passes with none") {
  instance_world w{make_planner("alpha", false)};
  w.spawn();
  auto verdict = w.world.ask<admission_verdict>(w.instance, admit{});
  w.world.advance(10);
  REQUIRE(verdict->has_value());
  CHECK((*verdict)->state == admission_state::admitted);
  CHECK_FALSE((*verdict)->self_test_passed.has_value());
}

TEST_CASE("Every way a probe can fail is told with stage, code, exit and stderr") {
  struct row {
    const char* what;
    std::function<bool(scripted_process&, const nlohmann::json&)> on_request;
    planner_stage stage;
    failure_code code;
  };
  const auto in_self_test = [](auto act) {
    return [act](scripted_process& p, const nlohmann::json& r) {
      if (r["method"] != "self_test") {
        return false;
      }
      act(p, r);
      return true;
    };
  };
  const row rows[] = {
      {"exit before the handshake", [](scripted_process& p, const nlohmann::json&) { return p.exit(4, "sorry"), true; },
       planner_stage::handshake, failure_code::load_failed},
      {"silence", [](scripted_process&, const nlohmann::json&) { return true; }, planner_stage::handshake,
       failure_code::load_timeout},
      {"self-test says no", in_self_test([](scripted_process& p, const nlohmann::json& r) {
         p.reply(r, {{"passed", false}, {"detail", "no disk"}});
       }),
       planner_stage::self_test, failure_code::self_test_failed},
      {"self-test errs", in_self_test([](scripted_process& p, const nlohmann::json& r) { p.reply_error(r, "broken"); }),
       planner_stage::self_test, failure_code::self_test_failed},
      {"self-test exits", in_self_test([](scripted_process& p, const nlohmann::json&) { p.exit(1); }),
       planner_stage::self_test, failure_code::self_test_failed},
      {"self-test hangs", in_self_test([](scripted_process&, const nlohmann::json&) {}), planner_stage::self_test,
       failure_code::self_test_failed},
      {"self-test makes noise", in_self_test([](scripted_process& p, const nlohmann::json&) { p.say("?"); }),
       planner_stage::self_test, failure_code::protocol_error},
  };
  for (const auto& r : rows) {
    INFO(r.what);
    instance_world w;
    w.script.on_request = r.on_request;
    w.spawn();
    auto verdict = w.world.ask<admission_verdict>(w.instance, admit{});
    w.world.advance(5'100);
    REQUIRE(verdict->has_value());
    CHECK((*verdict)->state == admission_state::quarantined);
    REQUIRE((*verdict)->evidence.has_value());
    CHECK((*verdict)->evidence->stage == r.stage);
    CHECK((*verdict)->evidence->code == r.code);
    CHECK(w.env.processes->running() == 0);
    CHECK(((*verdict)->self_test_passed == false) == (r.code == failure_code::self_test_failed));
  }
}

TEST_CASE("A probe that takes longer than the import timeout in its self-test is not cut by the import timeout") {
  instance_world w;
  w.configuration.import_timeout_s = 0.5;
  w.configuration.self_test_timeout_s = 2;
  w.script.on_request = [&](scripted_process& process, const nlohmann::json& request) {
    if (request["method"] != "self_test") {
      return false;
    }
    w.world.after(1'000, [&process, request] { process.reply(request, {{"passed", true}}); });
    return true;
  };
  w.spawn();
  auto verdict = w.world.ask<admission_verdict>(w.instance, admit{});
  w.world.advance(1'100);
  REQUIRE(verdict->has_value());
  CHECK((*verdict)->state == admission_state::admitted);
}

TEST_CASE("A timeout of more seconds than any clock counts is a long one, and quarantines nobody") {
  instance_world w;
  w.configuration.import_timeout_s = 1e17;
  w.configuration.self_test_timeout_s = 1e16;
  w.configuration.invocation_timeout_s = 1e300;
  w.script.answer_delay_ms = 50;
  w.spawn();
  auto verdict = w.world.ask<admission_verdict>(w.instance, admit{});
  w.world.advance(400);
  REQUIRE(verdict->has_value());
  CHECK((*verdict)->state == admission_state::admitted);
  auto given = w.plan();
  w.world.advance(400);
  CHECK(is_value(given));
}

TEST_CASE("Acquires wait for the probe, and are refused if it fails") {
  instance_world good;
  good.script.answer_delay_ms = 50;
  good.spawn();
  auto verdict = good.world.ask<admission_verdict>(good.instance, admit{});
  auto waiting = good.acquire();
  good.world.advance(400);
  CHECK(is_value(waiting));
  CHECK(good.env.processes->starts("alpha") == 2);

  instance_world bad;
  bad.script.on_start = [](scripted_process& process) { process.exit(1); };
  bad.spawn();
  auto refused_verdict = bad.world.ask<admission_verdict>(bad.instance, admit{});
  auto refused = bad.acquire();
  bad.world.advance(10);
  CHECK(code_of(refused) == failure_code::quarantined);
}

TEST_CASE("Concurrent probes of one planner are one process and equal verdicts") {
  instance_world w;
  w.script.answer_delay_ms = 20;
  w.spawn();
  auto first = w.world.ask<admission_verdict>(w.instance, admit{});
  auto second = w.world.ask<admission_verdict>(w.instance, admit{});
  w.world.advance(200);
  REQUIRE(first->has_value());
  REQUIRE(second->has_value());
  CHECK(**first == **second);
  CHECK(w.env.processes->starts("alpha") == 1);
}

TEST_CASE("A running instance can be probed without being disturbed") {
  instance_world w;
  w.spawn();
  w.start();
  auto verdict = w.world.ask<admission_verdict>(w.instance, admit{});
  w.world.advance(20);
  REQUIRE(verdict->has_value());
  CHECK((*verdict)->state == admission_state::admitted);
  CHECK(w.env.processes->running() == 1);
  auto given = w.plan();
  w.world.advance(50);
  CHECK(is_value(given));
}

TEST_CASE("With quarantine disabled a failed probe leaves the planner usable") {
  instance_world w;
  w.configuration.disable_quarantine = true;
  w.script.on_start = [](scripted_process& process) { process.exit(1); };
  w.spawn();
  auto verdict = w.world.ask<admission_verdict>(w.instance, admit{});
  w.world.advance(10);
  REQUIRE(verdict->has_value());
  CHECK((*verdict)->state == admission_state::quarantined);
  w.script.on_start = {};
  auto given = w.acquire();
  w.world.advance(10);
  CHECK(is_value(given));
}

TEST_CASE("A verdict is about the bytes that were probed, also when others came meanwhile") {
  instance_world w;
  w.script.answer_delay_ms = 50;
  w.spawn();
  auto verdict = w.world.ask<admission_verdict>(w.instance, admit{});
  w.world.advance(10);
  auto next = w.planner_;
  next.digest = "digest-of-other-bytes";
  next.manifest.self_test = false;
  w.world.ask<ack>(w.instance, replace_planner{next});
  w.world.advance(300);
  REQUIRE(verdict->has_value());
  CHECK((*verdict)->digest == w.planner_.digest);
  CHECK((*verdict)->self_test_passed == true);
}
