// Invocations of one instance: timeouts, cancelling, queueing, misbehaviour. Test scheduler and clock, scripted
// processes.
#include <catch2/catch.hpp>

#include "messages/limits.hpp"
#include "tests/actors/instantiation/instance_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

bool is_plan(const nlohmann::json& request) {
  return request["method"] == "generate_plan";
}

}  // namespace

TEST_CASE("A plan is checked, ordered and reported as a success") {
  instance_world w;
  w.spawn();
  w.start();
  auto given = w.plan();
  w.world.advance(50);
  REQUIRE(is_value(given));
  const auto& result = ***given;
  CHECK(result.plan.objective == "improve it");
  CHECK(result.plan.order == std::vector<std::string>{"a"});
  REQUIRE(w.record.outcomes.size() == 1);
  CHECK(w.record.outcomes[0].verdict == invocation_verdict::success);
  CHECK(w.record.outcomes[0].code == "ok");
}

TEST_CASE("Whoever asks for a plan gets it without secrets, his own included, and so is what is said of a bad one") {
  const std::string secret = "ghp_0123456789abcdefghijABCDEFGHIJ0123";
  nlohmann::json sent = {{"objective", "o"}, {"tasks", {{{"id", "a"}, {"title", "use " + secret}}}}};
  instance_world w;
  w.script.on_request = [&sent](scripted_process& process, const nlohmann::json& request) {
    if (!is_plan(request)) return false;
    process.reply(request, sent);
    return true;
  };
  w.spawn();
  w.start();
  run_plan request;
  request.generation = 1;
  request.objective = "improve it with " + secret;
  auto given = w.world.ask<outcome<plan_result>>(w.instance, request);
  w.world.advance(50);
  REQUIRE(is_value(given));
  CHECK((**given)->plan.tasks[0].title == "use ***");
  CHECK((**given)->plan.objective == "improve it with ***");
  // Cut in the middle, half a token no longer looks like one.
  sent["tasks"][0]["depends_on"] = {std::string(180, 'x') + " " + secret};
  auto bad = w.plan();
  w.world.advance(50);
  REQUIRE(code_of(bad) == failure_code::plan_invalid);
  CHECK((**bad).error->message.find("ghp_") == std::string::npos);
}

TEST_CASE("Every way an invocation can go wrong has its code, and the planner can be used again") {
  struct row {
    const char* what;
    std::function<void(scripted_process&, const nlohmann::json&)> act;
    failure_code expected;
  };
  const auto cyclic = nlohmann::json::parse(
      R"({"objective":"o","tasks":[{"id":"a","title":"A","description":"","kind":"k","target":"","depends_on":["b"],
      "risk":"low","effort":"S","evidence":[]},{"id":"b","title":"B","description":"","kind":"k","target":"",
      "depends_on":["a"],"risk":"low","effort":"S","evidence":[]}],"evidence":[],"meta":{}})");
  const row rows[] = {
      {"an error answer", [](scripted_process& p, const nlohmann::json& r) { p.reply_error(r, "no idea"); },
       failure_code::planner_error},
      {"a crash", [](scripted_process& p, const nlohmann::json&) { p.die(11, "boom"); }, failure_code::planner_crashed},
      {"an exit", [](scripted_process& p, const nlohmann::json&) { p.exit(0); }, failure_code::planner_crashed},
      {"noise", [](scripted_process& p, const nlohmann::json&) { p.say("oops"); }, failure_code::protocol_error},
      {"a wrong id",
       [](scripted_process& p, const nlohmann::json&) { p.say(R"({"jsonrpc":"2.0","id":"1","result":{}})"); },
       failure_code::protocol_error},
      {"two answers",
       [](scripted_process& p, const nlohmann::json& r) {
         p.reply(r, {{"objective", "o"}, {"tasks", nlohmann::json::array()}, {"evidence", {{{"text", "t"}}}}});
         p.reply(r, {{"objective", "o"}, {"tasks", nlohmann::json::array()}, {"evidence", {{{"text", "t"}}}}});
       },
       failure_code::protocol_error},
      {"half a line", [](scripted_process& p, const nlohmann::json&) { p.close_output("{"); },
       failure_code::protocol_error},
      {"an endless line", [](scripted_process& p, const nlohmann::json&) { p.say_too_long(); },
       failure_code::limit_exceeded},
      {"a flood of notifications",
       [](scripted_process& p, const nlohmann::json&) {
         for (std::size_t i = 0; i <= limits::notifications_per_request_max; ++i) {
           p.say(R"({"jsonrpc":"2.0","method":"progress","params":{"message":"m"}})");
         }
       },
       failure_code::limit_exceeded},
      {"no plan", [](scripted_process& p, const nlohmann::json& r) { p.reply(r, "nothing"); },
       failure_code::plan_invalid},
      {"a cyclic plan", [&](scripted_process& p, const nlohmann::json& r) { p.reply(r, cyclic); },
       failure_code::plan_invalid},
  };
  for (const auto& r : rows) {
    INFO(r.what);
    instance_world w;
    w.spawn();
    w.start();
    w.script.on_request = [&](scripted_process& process, const nlohmann::json& request) {
      if (!is_plan(request)) {
        return false;
      }
      r.act(process, request);
      return true;
    };
    auto given = w.plan();
    w.world.advance(50);
    CHECK(code_of(given) == r.expected);
    REQUIRE(w.record.outcomes.size() == 1);
    CHECK(w.record.outcomes[0].verdict == invocation_verdict::failed);
    w.script.on_request = {};
    auto again = w.plan();
    w.world.advance(500);
    CHECK(is_value(again));
  }
}

TEST_CASE("A context that does not fit a line of the protocol is refused by its path, and nothing is sent") {
  instance_world w;
  w.spawn();
  w.start();
  int asked = 0;
  w.script.on_request = [&](scripted_process&, const nlohmann::json& request) {
    asked += is_plan(request) ? 1 : 0;
    return false;
  };
  const auto with_context = [&](const std::string& context) {
    run_plan request;
    request.generation = 1;
    request.objective = "improve it";
    request.context = context;
    auto given = w.world.ask<outcome<plan_result>>(w.instance, request);
    w.world.advance(50);
    return given;
  };
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  for (const auto& context : {nested(limits::context_depth_max + 1), std::string{"{"}}) {
    const auto refused = with_context(context);
    CHECK(code_of(refused) == failure_code::invalid_request);
    CHECK((*refused)->error->where == "context");
  }
  CHECK(asked == 0);
  CHECK(w.record.outcomes.back().verdict == invocation_verdict::ignored);
  CHECK(is_value(with_context(nested(limits::context_depth_max))));
  CHECK(asked == 1);
}

TEST_CASE("A plan of more than 2,000 tasks is plan_invalid") {
  instance_world w;
  w.spawn();
  w.start();
  auto task = w.script.plan["tasks"][0];
  w.script.plan["tasks"].clear();
  for (std::size_t i = 0; i <= limits::plan_tasks_max; ++i) {
    task["id"] = "t" + std::to_string(i);
    w.script.plan["tasks"].push_back(task);
  }
  auto given = w.plan();
  w.world.advance(50);
  CHECK(code_of(given) == failure_code::plan_invalid);
}

TEST_CASE("Progress notifications are fine") {
  instance_world w;
  w.spawn();
  w.start();
  w.script.on_request = [&](scripted_process& process, const nlohmann::json& request) {
    if (is_plan(request)) {
      process.say(R"({"jsonrpc":"2.0","method":"progress","params":{"fraction":0.5,"message":"half"}})");
      process.say(R"({"jsonrpc":"2.0","method":"log","params":{"level":"INFO","message":"hm"}})");
    }
    return false;
  };
  auto given = w.plan();
  w.world.advance(50);
  CHECK(is_value(given));
}

TEST_CASE("The planner's own timeout counts against it: asked to stop, killed after the grace, restarted") {
  auto planner = make_planner("alpha");
  planner.manifest.timeout_s = 1.0;
  instance_world w{planner};
  w.spawn();
  w.start();
  int cancels = 0;
  w.script.on_request = [&](scripted_process&, const nlohmann::json& request) {
    cancels += request["method"] == "$/cancel" ? 1 : 0;
    return true;
  };
  auto given = w.plan();
  w.world.advance(1'002);
  CHECK(code_of(given) == failure_code::deadline_exceeded);
  CHECK(cancels == 1);
  CHECK(w.env.processes->running() == 1);
  CHECK(w.record.outcomes.back().verdict == invocation_verdict::failed);
  w.world.advance(limits::cancel_grace_ms + 2);
  CHECK(w.env.processes->running() == 0);
  CHECK(w.phase() == instance_phase::backing_off);
}

TEST_CASE("A caller's shorter timeout says nothing about the planner, and costs it no restart") {
  instance_world w;
  w.spawn();
  w.start();
  w.script.on_request = [](scripted_process&, const nlohmann::json&) { return true; };
  auto given = w.plan(300);
  w.world.advance(302);
  CHECK(code_of(given) == failure_code::deadline_exceeded);
  CHECK(w.record.outcomes.back().verdict == invocation_verdict::ignored);
  w.world.advance(limits::cancel_grace_ms + 2);
  CHECK(w.phase() == instance_phase::idle);
  w.script.on_request = {};
  auto again = w.plan();
  w.world.advance(50);
  CHECK(is_value(again));
}

TEST_CASE("A planner that stops when it is asked to is kept") {
  instance_world w;
  w.spawn();
  w.start();
  nlohmann::json open;
  w.script.on_request = [&](scripted_process& process, const nlohmann::json& request) {
    if (is_plan(request)) {
      open = request;
    } else if (request["method"] == "$/cancel") {
      CHECK(request["params"]["id"] == open["id"]);
      process.reply_error(open, "cancelled");
    }
    return true;
  };
  auto given = w.plan({}, 5);
  w.world.advance(10);
  w.world.ask<ack>(w.instance, cancel_work{5});
  w.world.advance(5);
  CHECK(code_of(given) == failure_code::cancelled);
  CHECK(w.record.outcomes.back().verdict == invocation_verdict::ignored);
  w.world.advance(limits::cancel_grace_ms + 10);
  CHECK(w.env.processes->running() == 1);
  w.script.on_request = {};
  auto again = w.plan();
  w.world.advance(50);
  CHECK(is_value(again));
  CHECK(w.env.processes->starts("alpha") == 1);
}

TEST_CASE("Without any timeout named the default applies") {
  instance_world w;
  w.configuration.invocation_timeout_s = 2;
  w.spawn();
  w.start();
  w.script.on_request = [](scripted_process&, const nlohmann::json&) { return true; };
  auto given = w.plan();
  w.world.advance(1'990);
  CHECK_FALSE(given->has_value());
  w.world.advance(20);
  CHECK(code_of(given) == failure_code::deadline_exceeded);
}

TEST_CASE("Requests queue per instance, one at a time, up to the bound") {
  instance_world w;
  w.spawn();
  w.start();
  w.script.answer_delay_ms = 10;
  std::vector<answer<outcome<plan_result>>> answers;
  for (std::size_t i = 0; i < limits::instance_queue_max + 2; ++i) {
    answers.push_back(w.plan());
  }
  w.world.run();
  CHECK(code_of(answers.back()) == failure_code::overloaded);
  answers.pop_back();
  w.world.advance(3'000);
  for (const auto& given : answers) {
    CHECK(is_value(given));
  }
  CHECK(w.env.processes->starts("alpha") == 1);
}

TEST_CASE("A queued request's deadline ends it without touching the one that runs") {
  instance_world w;
  w.spawn();
  w.start();
  w.script.answer_delay_ms = 500;
  auto running = w.plan();
  auto queued = w.plan(100);
  w.world.advance(110);
  CHECK(code_of(queued) == failure_code::deadline_exceeded);
  w.world.advance(500);
  CHECK(is_value(running));
}

TEST_CASE("Another generation is stale_handle, and a timeout of 0 expires at once") {
  instance_world w;
  w.spawn();
  w.start();
  auto stale = w.plan({}, 0, 2);
  auto late = w.plan(0);
  w.world.run();
  CHECK(code_of(stale) == failure_code::stale_handle);
  CHECK(code_of(late) == failure_code::deadline_exceeded);
}

TEST_CASE("A line that comes when nothing was asked ends the process as a protocol error") {
  instance_world w;
  w.spawn();
  w.start();
  w.env.processes->newest("alpha").say(R"({"jsonrpc":"2.0","id":"1","result":{}})");
  w.world.advance(1);
  CHECK(w.phase() == instance_phase::backing_off);
  CHECK_FALSE(w.record.states.back().error.empty());
  w.world.advance(300);
  CHECK(w.phase() == instance_phase::running);
  CHECK(w.record.states.back().error.empty());
}
