// However a planner goes down at work, the owner learns how, and what it wrote before. Test clock, scripted processes.
#include <catch2/catch.hpp>

#include "messages/limits.hpp"
#include "tests/actors/instantiation/instance_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

/// The evidence that the owner was told of last; fails the test if it was told of none.
failure_evidence last_evidence(const instance_world& w) {
  const auto& states = w.record.states;
  const auto last =
      std::find_if(states.rbegin(), states.rend(), [](const auto& news) { return news.evidence.has_value(); });
  REQUIRE(last != states.rend());
  return *last->evidence;
}

/// What the planner does when it is asked for a plan; everything else is answered as usual.
void at_work(instance_world& w, std::function<void(scripted_process&)> act) {
  w.script.on_request = [act = std::move(act)](scripted_process& process, const nlohmann::json& request) {
    if (request["method"] != "generate_plan") return request["method"] == "$/cancel";
    act(process);
    return true;
  };
}

}  // namespace

TEST_CASE("The evidence of a crash at work holds stage, code, how it ended and what it wrote without secrets") {
  instance_world w;
  w.spawn();
  w.start();
  std::function<void(scripted_process&)> act;
  auto code = failure_code::planner_crashed;
  std::optional<int> exit_code;
  std::optional<int> signal;
  SECTION("a signal") {
    act = [](scripted_process& process) { process.die(11, "password=hunter2hunter2"); };
    signal = 11;
  }
  SECTION("an exit") {
    act = [](scripted_process& process) { process.exit(3, "password=hunter2hunter2"); };
    exit_code = 3;
  }
  SECTION("half a line, then an exit") {
    act = [](scripted_process& process) {
      process.close_output("{");
      process.exit(4, "password=hunter2hunter2");
    };
    w.script.on_kill = [](scripted_process&) {};
    code = failure_code::protocol_error;
    exit_code = 4;
  }
  at_work(w, act);
  const auto given = w.plan();
  w.world.advance(50);
  CHECK(code_of(given) == code);
  const auto evidence = last_evidence(w);
  CHECK(evidence.stage == planner_stage::plan);
  CHECK(evidence.code == code);
  CHECK(evidence.exit_code == exit_code);
  CHECK(evidence.signal == signal);
  CHECK(evidence.stderr_tail == "password=***");
}

TEST_CASE("A planner that is killed because it did not stop leaves what it wrote") {
  auto planner = make_planner("alpha");
  planner.manifest.timeout_s = 1.0;
  instance_world w{planner};
  w.script.on_kill = [](scripted_process& process) { process.die(9, "still counting"); };
  w.spawn();
  w.start();
  at_work(w, [](scripted_process&) {});
  const auto given = w.plan();
  w.world.advance(1'100 + limits::cancel_grace_ms);
  CHECK(code_of(given) == failure_code::deadline_exceeded);
  const auto evidence = last_evidence(w);
  CHECK(evidence.code == failure_code::deadline_exceeded);
  CHECK(evidence.signal == 9);
  CHECK(evidence.stderr_tail == "still counting");
}

TEST_CASE("A crash of what was running when an operator quarantined it is told as well") {
  instance_world w;
  w.spawn();
  w.start();
  at_work(w, [](scripted_process&) {});
  const auto given = w.plan();
  w.world.advance(10);
  compat::tell(w.instance, quarantine_instance{"a test"});
  w.world.advance(10);
  w.env.processes->newest("alpha").die(6, "assertion failed");
  w.world.advance(10);
  CHECK(code_of(given) == failure_code::planner_crashed);
  CHECK(w.phase() == instance_phase::quarantined);
  CHECK(last_evidence(w).signal == 6);
  CHECK(last_evidence(w).stderr_tail == "assertion failed");
}
