// What a process is started with, what it says of its sandbox, how every end is told, and restarts for another
// repository. Test scheduler and clock, scripted processes.
#include <catch2/catch.hpp>

#include "actors/instantiation/worker_session.hpp"
#include "messages/sandbox_text.hpp"
#include "tests/actors/instantiation/instance_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

/// The verdict of a probe of a planner that does `on_request`, after `wait_ms`.
admission_verdict probed(instance_world& w, std::int64_t wait_ms = 6'000) {
  w.spawn();
  auto verdict = w.world.ask<admission_verdict>(w.instance, admit{});
  w.world.advance(wait_ms);
  return verdict->has_value() ? **verdict : admission_verdict{};
}

process_event ended_by(std::optional<int> signal, const std::string& call, const std::string& limit) {
  process_event event;
  event.signal = signal;
  event.filtered_call = call;
  event.exceeded_limit = limit;
  event.resources = {120, 80, 4'096};
  return event;
}

using request_handler = std::function<bool(scripted_process&, const nlohmann::json&)>;

/// What a planner does when it is asked to shake hands, and how its end is told.
struct ending_row {
  const char* what;
  request_handler on_request;
  process_ending ending;
  std::string detail;
  failure_code code;
};

template <class Act>
request_handler at_start(Act act) {
  return [act](scripted_process& p, const nlohmann::json& r) {
    if (r["method"] == "shutdown") return false;
    act(p, r);
    return true;
  };
}

void check_endings(const std::vector<ending_row>& rows) {
  for (const auto& each : rows) {
    INFO(each.what);
    instance_world w;
    w.script.on_request = each.on_request;
    const auto verdict = probed(w);
    REQUIRE(verdict.evidence);
    CHECK(to_string(verdict.evidence->ending) == to_string(each.ending));
    CHECK(verdict.evidence->ending_detail == each.detail);
    CHECK(to_string(verdict.evidence->code) == to_string(each.code));
    CHECK(verdict.evidence->wall_ms >= 1'700'000'000'000);
  }
}

}  // namespace

TEST_CASE("A process is started under the policy, with what is requested and granted, and the request's repository") {
  auto planner = make_planner("alpha");
  planner.manifest.permissions = {{80, 443}, {"/data/in", "/home"}, {}};
  instance_world w{planner};
  w.configuration.sandbox = {sandbox_mode::require, {"no-network"}};
  w.configuration.grants = {{"alpha", {{443}, {"/data"}, {"/out"}}}, {"beta", {{80}, {}, {}}}};
  w.spawn();
  auto ready = w.acquire(30'000, 0, "/repository//");
  w.world.advance(1);
  const auto& command = w.env.processes->newest("alpha").command();
  CHECK(command.policy == w.configuration.sandbox);
  CHECK(command.grants == planner_permissions{{443}, {"/data/in"}, {}});
  CHECK(command.repository == "/repository");
  auto verdict = w.world.ask<admission_verdict>(w.instance, admit{});
  w.world.advance(1);
  CHECK(w.env.processes->newest("alpha").command().repository.empty());
}

TEST_CASE("What a process says of its sandbox is known of the instance, of its news and of its verdict") {
  instance_world w;
  w.script.posture = posture_without_landlock();
  w.configuration.sandbox.mode = sandbox_mode::best;
  w.spawn();
  auto ready = w.acquire();
  w.world.advance(1);
  REQUIRE(is_value(ready));
  CHECK((**ready)->posture == posture_without_landlock());
  CHECK((**ready)->sandbox == "no-host-writes, no-network");
  CHECK(w.record.states.back().posture == posture_without_landlock());
  auto verdict = w.world.ask<admission_verdict>(w.instance, admit{});
  w.world.advance(10);
  REQUIRE(verdict->has_value());
  CHECK((*verdict)->posture == posture_without_landlock());
}

TEST_CASE("A builtin planner says nothing of a sandbox and is none") {
  auto planner = make_planner("alpha");
  planner.manifest.entry.kind = entry_kind::builtin;
  instance_world w{planner};
  w.spawn();
  auto ready = w.acquire();
  w.world.advance(1);
  REQUIRE(is_value(ready));
  CHECK((**ready)->sandbox == "none");
  CHECK((**ready)->posture == sandbox_posture{});
}

TEST_CASE(
    "A start whose sandbox does not suffice is sandbox_insufficient with the host's words, and quarantines a probe") {
  const std::string why = "no-host-reads needs landlock (ENOSYS); FACTORY_SANDBOX=best goes on without it";
  const auto refuse = [&why](scripted_process& p) { p.refuse(posture_without_landlock(), why); };
  {
    instance_world w;
    w.script.posture.reset();
    w.script.on_start = refuse;
    const auto verdict = probed(w);
    CHECK(verdict.state == admission_state::quarantined);
    CHECK(verdict.posture == posture_without_landlock());
    REQUIRE(verdict.evidence);
    CHECK(verdict.evidence->code == failure_code::sandbox_insufficient);
    CHECK(verdict.evidence->message == why);
    CHECK(verdict.evidence->stage == planner_stage::load);
    CHECK(verdict.evidence->ending == process_ending::insecure);
    CHECK_FALSE(verdict.evidence->signal);
    CHECK(verdict.evidence->ending_detail == "no-host-reads, no-secrets");
  }
  instance_world w;
  w.script.posture.reset();
  w.script.on_start = refuse;
  w.spawn();
  auto ready = w.acquire();
  w.world.advance(1);
  REQUIRE(code_of(ready) == failure_code::sandbox_insufficient);
  CHECK((*ready)->error->message == why);
  CHECK(w.record.states.back().error == why);
  CHECK(w.record.states.back().posture == posture_without_landlock());
}

TEST_CASE("A process that ends by itself is told by what ended it, with the detail that is known") {
  check_endings({
      {"exit", at_start([](auto& p, auto&) { p.exit(4); }), process_ending::exited, "", failure_code::load_failed},
      {"signal", at_start([](auto& p, auto&) { p.die(11); }), process_ending::signalled, "", failure_code::load_failed},
      {"a forbidden call", at_start([](auto& p, auto&) { p.end(ended_by(31, "ptrace", "")); }),
       process_ending::filtered, "ptrace", failure_code::load_failed},
      {"a forbidden call that is not known", at_start([](auto& p, auto&) { p.end(ended_by(31, "", "")); }),
       process_ending::filtered, "", failure_code::load_failed},
      {"a limit", at_start([](auto& p, auto&) { p.end(ended_by(9, "", "memory")); }), process_ending::over_limit,
       "memory", failure_code::load_failed},
      {"half a line because of a forbidden call", at_start([](auto& p, auto&) {
         p.close_output("{\"js");
         p.end(ended_by(31, "ptrace", ""));
       }),
       process_ending::filtered, "ptrace", failure_code::protocol_error},
      {"no program", at_start([](auto& p, auto&) { p.fail_to_start("no such file"); }), process_ending::not_started, "",
       failure_code::load_failed},
  });
}

TEST_CASE("A process that is killed is told by why, with the stage, the bound or the breach") {
  const std::string notes(R"({"jsonrpc":"2.0","method":"log","params":{}})");
  check_endings({
      {"silence", at_start([](auto&, auto&) {}), process_ending::timed_out, "handshake", failure_code::load_timeout},
      {"a long line", at_start([](auto& p, auto&) { p.say_too_long(); }), process_ending::over_limit, "line length",
       failure_code::limit_exceeded},
      {"too many notes", at_start([&notes](auto& p, auto&) {
         for (std::size_t count = 0; count <= limits::notifications_per_request_max; ++count) p.say(notes);
       }),
       process_ending::over_limit, "notifications", failure_code::limit_exceeded},
      {"half a line", at_start([](auto& p, auto&) { p.close_output("{\"js"); }), process_ending::protocol_broken,
       "half a line", failure_code::protocol_error},
      {"a closed output", at_start([](auto& p, auto&) { p.close_output(); }), process_ending::protocol_broken,
       "output closed", failure_code::protocol_error},
      {"noise", at_start([](auto& p, auto&) { p.say("hello"); }), process_ending::protocol_broken, "bad JSON",
       failure_code::protocol_error},
      {"an empty line", at_start([](auto& p, auto&) { p.say(""); }), process_ending::protocol_broken, "empty line",
       failure_code::protocol_error},
      {"another JSON", at_start([](auto& p, auto&) { p.say("[]"); }), process_ending::protocol_broken, "no JSON-RPC",
       failure_code::protocol_error},
      {"an unknown note", at_start([](auto& p, auto&) { p.say(R"({"jsonrpc":"2.0","method":"hi"})"); }),
       process_ending::protocol_broken, "unknown notification", failure_code::protocol_error},
      {"a wrong id", at_start([](auto& p, auto&) { p.say(R"({"jsonrpc":"2.0","id":"x","result":{}})"); }),
       process_ending::protocol_broken, "wrong id", failure_code::protocol_error},
      {"a malformed handshake", at_start([](auto& p, auto& r) {
         p.reply(r, {{"protocol", 1}});
       }),
       process_ending::protocol_broken, "malformed handshake", failure_code::protocol_error},
      {"another name", at_start([](auto& p, auto& r) {
         p.reply(r, {{"protocol", 1}, {"name", "beta"}, {"version", "1.0.0"}, {"capabilities", {"structural"}}});
       }),
       process_ending::protocol_broken, "handshake mismatch", failure_code::handshake_mismatch},
      {"a refusal", at_start([](auto& p, auto& r) { p.reply_error(r, "no"); }), process_ending::none, "",
       failure_code::start_failed},
  });
}

TEST_CASE("An answer that comes twice and one that nobody asked for are told apart") {
  for (const bool repeated : {true, false}) {
    instance_world w;
    w.script.on_request = [repeated](scripted_process& p, const nlohmann::json& r) {
      if (r["method"] != "generate_plan") return false;
      p.reply_error(r, "no");
      p.say(nlohmann::json{{"jsonrpc", "2.0"}, {"id", repeated ? r["id"] : nlohmann::json("x")}, {"result", 1}}.dump());
      return true;
    };
    w.spawn();
    w.start();
    auto answer = w.plan();
    w.world.advance(10);
    const auto told = std::find_if(w.record.states.begin(), w.record.states.end(),
                                   [](const auto& news) { return news.evidence.has_value(); });
    REQUIRE(told != w.record.states.end());
    CHECK(told->evidence->ending == process_ending::protocol_broken);
    CHECK(told->evidence->ending_detail == (repeated ? "repeated answer" : "unsolicited answer"));
  }
}

TEST_CASE("What a process used is in the evidence of its end") {
  instance_world w;
  w.script.on_request = [](scripted_process& p, const nlohmann::json&) {
    p.end(ended_by(11, "", ""));
    return true;
  };
  const auto verdict = probed(w);
  REQUIRE(verdict.evidence);
  CHECK(verdict.evidence->resources == resource_use{120, 80, 4'096});
}

TEST_CASE("A planner killed for its own timeout timed out in its plan") {
  auto planner = make_planner("alpha");
  planner.manifest.timeout_s = 1;
  instance_world w{planner};
  w.script.on_request = [](scripted_process&, const nlohmann::json& r) {
    return r["method"] == "generate_plan" || r["method"] == "$/cancel";
  };
  w.spawn();
  w.start();
  auto answer = w.plan();
  w.world.advance(1'500);
  const auto told = std::find_if(w.record.states.begin(), w.record.states.end(),
                                 [](const auto& news) { return news.evidence.has_value(); });
  REQUIRE(told != w.record.states.end());
  CHECK(told->evidence->ending == process_ending::timed_out);
  CHECK(told->evidence->ending_detail == "plan");
}

TEST_CASE("A planner that closes its output and exits soon is told by its exit") {
  instance_world w;
  w.script.on_request = [&w](scripted_process& p, const nlohmann::json&) {
    p.close_output();
    w.world.after(limits::closed_output_ms - 1, [&p] { p.exit(7); });
    return true;
  };
  const auto verdict = probed(w);
  REQUIRE(verdict.evidence);
  CHECK(verdict.evidence->ending == process_ending::exited);
  CHECK(verdict.evidence->exit_code == 7);
}

TEST_CASE(
    "A plan for another repository gets a process of its own grant: same generation, no failure, a construction") {
  instance_world w;
  w.spawn();
  auto ready = w.acquire(30'000, 0, "/one");
  w.world.advance(1);
  auto first = w.plan({}, 0, 1, "/one/");
  w.world.advance(20);
  REQUIRE(is_value(first));
  CHECK(w.env.processes->starts("alpha") == 1);
  auto other = w.plan({}, 0, 1, "/two");
  w.world.advance(20);
  REQUIRE(is_value(other));
  CHECK((**other)->instance.generation == 1);
  CHECK((**other)->instance.starts == 2);
  CHECK(w.env.processes->newest("alpha").command().repository == "/two");
  CHECK(w.constructions() == 2);
  auto without = w.plan({}, 0, 1, "");
  w.world.advance(20);
  REQUIRE(is_value(without));
  CHECK(w.env.processes->starts("alpha") == 2);
  CHECK(w.env.processes->running() == 1);
  for (const auto& news : w.record.states) {
    CHECK_FALSE(news.evidence.has_value());
    CHECK(news.phase != instance_phase::backing_off);
  }
}

TEST_CASE("Plans for several repositories keep their order, and what runs finishes before its process goes") {
  instance_world w;
  w.script.answer_delay_ms = 100;
  w.spawn();
  auto ready = w.acquire(30'000, 0, "/one");
  w.world.advance(101);
  std::vector<answer<outcome<plan_result>>> answers;
  std::vector<std::string> order;
  w.script.on_request = [&order](scripted_process& p, const nlohmann::json& r) {
    if (r["method"] == "generate_plan") {
      order.push_back(r["params"]["repository"].get<std::string>() + " in " + p.command().repository);
    }
    return false;
  };
  for (const auto* repository : {"/one", "/two", "/one", "/one"}) answers.push_back(w.plan({}, 0, 1, repository));
  auto late = w.plan(150, 0, 1, "/three");
  w.world.advance(2'000);
  for (const auto& each : answers) CHECK(is_value(each));
  CHECK(order == std::vector<std::string>{"/one in /one", "/two in /two", "/one in /one", "/one in /one"});
  CHECK(code_of(late) == failure_code::deadline_exceeded);
  CHECK(w.env.processes->starts("alpha") == 3);
  CHECK(w.env.processes->running() == 1);
}

TEST_CASE("An acquire for another repository restarts an instance that rests, and leaves a busy one alone") {
  instance_world w;
  w.spawn();
  w.start();
  auto moved = w.acquire(30'000, 0, "/two");
  w.world.advance(1);
  REQUIRE(is_value(moved));
  CHECK((**moved)->starts == 2);
  CHECK(w.env.processes->newest("alpha").command().repository == "/two");
  w.script.answer_delay_ms = 100;
  auto busy = w.plan({}, 0, 1, "/two");
  w.world.advance(1);
  auto asked = w.acquire(30'000, 0, "/three");
  w.world.advance(1);
  REQUIRE(is_value(asked));
  CHECK(w.env.processes->starts("alpha") == 2);
  w.world.advance(200);
  CHECK(is_value(busy));
}

TEST_CASE("Without a sandbox, and for a builtin planner, every repository is served by the same process") {
  for (const bool builtin : {false, true}) {
    auto planner = make_planner("alpha");
    if (builtin) planner.manifest.entry.kind = entry_kind::builtin;
    instance_world w{planner};
    if (!builtin) w.configuration.sandbox.mode = sandbox_mode::off;
    w.spawn();
    for (const auto* repository : {"/one", "/two"}) {
      auto answer = w.plan({}, 0, 1, repository);
      w.world.advance(20);
      CHECK(is_value(answer));
    }
    CHECK(w.env.processes->starts("alpha") == 1);
  }
}

TEST_CASE("A process that dies is restarted with the repository it had; one that retired is not") {
  instance_world w;
  w.spawn();
  auto ready = w.acquire(30'000, 0, "/one");
  w.world.advance(1);
  w.env.processes->newest("alpha").die(11);
  w.world.advance(1'000);
  CHECK(w.env.processes->starts("alpha") == 2);
  CHECK(w.env.processes->newest("alpha").command().repository == "/one");
  w.world.advance(limits::idle_retire_s * 1'000 + 1'000);
  CHECK(w.env.processes->running() == 0);
  auto again = w.acquire(30'000, 0, "");
  w.world.advance(1);
  CHECK(w.env.processes->newest("alpha").command().repository.empty());
}

TEST_CASE("A start that fails for a repository is its asker's failure and no error of the planner") {
  instance_world w;
  w.script.posture.reset();
  w.script.on_start = [](scripted_process& p) {
    if (!p.command().repository.empty()) p.fail_to_start("the repository cannot be read");
  };
  w.spawn();
  auto answer = w.plan({}, 0, 1, "/missing");
  w.world.advance(10);
  CHECK(code_of(answer) == failure_code::load_failed);
  CHECK(w.record.states.back().error.empty());
  auto relative = w.plan({}, 0, 1, "missing");
  w.world.advance(10);
  CHECK(code_of(relative) == failure_code::invalid_request);
}

TEST_CASE("A process is started from the files that discovery digested: their names, bytes and sizes") {
  auto planner = make_planner("alpha");
  planner.manifest.entry.files = {"alpha", "data"};
  planner.files_sha256 = "digest";
  planner.file_sizes_bytes = {10, 9};
  const auto command = command_of(planner);
  CHECK(command.files == planner.manifest.entry.files);
  CHECK(command.files_sha256 == "digest");
  CHECK(command.file_sizes_bytes == std::vector<std::uint64_t>{10, 9});
}
