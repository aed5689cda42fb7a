// Planners that misbehave in every way we know, as real processes under the built program: each gets the right failure
// code, the planners beside it work on, and none of its processes is left.
#include <array>
#include <map>

#include "tests/app/cli/hostile_planner.hpp"

using namespace planguild::test;

namespace {

// Python may start slowly on a busy machine; only what hangs on purpose lasts as long as these.
constexpr const char* import_timeout = "PLANNER_IMPORT_TIMEOUT=4";
constexpr const char* self_test_timeout = "PLANNER_SELF_TEST_TIMEOUT=3";

const std::vector<misbehaviour>& in_the_probe() {
  static const std::vector<misbehaviour> all = {
      {"exits_at_once", "def on_start(): sys.exit(3)", "handshake", "load_failed"},
      {"dies_of_a_signal", "def on_start(): os.kill(os.getpid(), signal.SIGSEGV)", "handshake", "load_failed"},
      {"leaves_a_child", "def on_start(): child(); sys.exit(0)", "handshake", "load_failed"},
      {"floods_and_exits", "def on_start(): flood(4 << 20); sys.exit(1)", "handshake", "load_failed"},
      {"prints_noise", "def on_start(): say('hello, I am a planner\\n'); hang()", "handshake", "protocol_error"},
      {"prints_binary", "def on_start(): os.write(1, bytes(range(256)) + b'\\n'); hang()", "handshake",
       "protocol_error"},
      {"nests_deeply", "def on_start(): say('[' * 100000 + '\\n'); hang()", "handshake", "protocol_error"},
      {"hangs_in_handshake", "def on_initialize(id): child(); hang()", "handshake", "load_timeout"},
      {"starts_with_error",
       "def on_initialize(id): say(json.dumps({'jsonrpc': '2.0', 'id': id, 'error': {'code': 1, 'message': 'no'}})"
       " + '\\n')",
       "handshake", "start_failed"},
      {"has_another_name", "def on_initialize(id): answer(id, dict(HANDSHAKE, name='somebody_else'))", "handshake",
       "handshake_mismatch"},
      {"answers_wrong_id", "def on_initialize(id): answer('other', HANDSHAKE)", "handshake", "protocol_error"},
      {"answers_twice", "def on_initialize(id): say(line(id, HANDSHAKE) * 2)", "self_test", "protocol_error"},
      {"says_half_a_line", "def on_initialize(id): say(line(id, HANDSHAKE)[:20]); sys.exit(0)", "handshake",
       "protocol_error"},
      {"says_too_much", "def on_initialize(id): say('x' * (5 << 20)); hang()", "handshake", "limit_exceeded"},
      {"hangs_in_self_test", "def on_self_test(id): child(); hang()", "self_test", "self_test_failed"},
      {"exits_in_self_test", "def on_self_test(id): sys.exit(0)", "self_test", "self_test_failed"},
      {"fails_self_test", "def on_self_test(id): answer(id, {'passed': False, 'detail': 'broken'})", "self_test",
       "self_test_failed"}};
  return all;
}

const std::vector<misbehaviour>& in_the_plan() {
  static const std::vector<misbehaviour> all = {
      {"exits", "def on_plan(id): child(); sys.exit(0)", "plan", "planner_crashed"},
      {"answers_error",
       "def on_plan(id): say(json.dumps({'jsonrpc': '2.0', 'id': id, 'error': {'code': 1, 'message': 'no'}}) + '\\n')",
       "plan", "planner_error"},
      {"prints_noise", "def on_plan(id): say('thinking...\\n'); answer(id, plan())", "plan", "protocol_error"},
      {"answers_wrong_id", "def on_plan(id): answer('other', plan())", "plan", "protocol_error"},
      {"answers_twice", "def on_plan(id): say(line(id, plan()) * 2)", "plan", "protocol_error"},
      {"says_half_a_line", "def on_plan(id): say(line(id, plan())[:30]); sys.exit(0)", "plan", "protocol_error"},
      {"says_too_much", "def on_plan(id): say('x' * (5 << 20)); hang()", "plan", "limit_exceeded"},
      {"floods_with_notifications",
       "def on_plan(id): say('{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"params\":{}}\\n' * 20000); hang()", "plan",
       "limit_exceeded"},
      {"plans_a_cycle", "def on_plan(id): answer(id, plan([{'id': 'a', 'title': 'x', 'depends_on': ['a']}]))", "plan",
       "plan_invalid"},
      {"plans_too_much", "def on_plan(id): answer(id, plan(chain(2001)))", "plan", "plan_invalid"},
      {"plans_outside", "def on_plan(id): answer(id, plan([{'id': 'a', 'title': 'x', 'target': '../../etc/passwd'}]))",
       "plan", "plan_invalid"},
      {"plans_nonsense", "def on_plan(id): answer(id, [1, 2, 3])", "plan", "plan_invalid"},
      {"hangs", "def on_plan(id): child(); flood(4 << 20); hang()", "plan", "deadline_exceeded"}};
  return all;
}

std::string notes_of(const guild_folder& guild, const std::string& planner) {
  return guild.path("processes_of_" + planner);
}

void add(const guild_folder& guild, const misbehaviour& planner, const std::string& extra = "") {
  guild.add_program(planner.name, hostile_program(planner.name, notes_of(guild, planner.name), planner.override),
                    extra);
}

void check_none_left(const guild_folder& guild, const std::string& planner) {
  const auto processes = processes_in(notes_of(guild, planner));
  CHECK(processes.noted > 0);
  CAPTURE(processes.alive);
  CHECK(processes.alive.empty());
}

/// The planner that made the plan; empty if there is none.
std::string planned_by(const program_result& result) {
  INFO(result.errors);
  const auto json = json_of(result.output);
  return result.exit_code == 0 ? json["instance"]["name"].get<std::string>() : std::string{};
}

bool is_shipped(const std::string& planner) {
  return planner == "structural_planner" || planner == "risk_planner";
}

}  // namespace

TEST_CASE("Planners that misbehave in their probe are quarantined for the right reason, and those beside them plan") {
  const guild_folder guild;
  for (const auto& planner : in_the_probe()) add(guild, planner);
  const std::vector<std::string> environment = {import_timeout, self_test_timeout};

  CHECK(is_shipped(planned_by(run_beside_shipped(guild, {"plan", "Do it", "--json", "--quiet"}, environment))));
  std::map<std::string, std::string> admissions;
  const auto list = json_of(run_beside_shipped(guild, {"list", "--json", "--quiet"}, environment).output);
  for (const auto& record : list["planners"]) admissions[record["name"]] = record["admission"];
  CHECK(admissions.size() == in_the_probe().size() + 2);
  CHECK(admissions["structural_planner"] == "admitted");
  CHECK(admissions["risk_planner"] == "admitted");

  for (const auto& planner : in_the_probe()) {
    INFO(planner.name);
    CHECK(admissions[planner.name] == "quarantined");
    const auto probe = run_beside_shipped(guild, {"probe", planner.name, "--json", "--quiet"}, environment);
    CHECK(probe.exit_code == 1);
    const auto verdict = json_of(probe.output);
    CHECK(verdict["state"] == "quarantined");
    CHECK(verdict["evidence"]["code"] == planner.code);
    CHECK(verdict["evidence"]["stage"] == planner.stage);
    CHECK(verdict["evidence"]["stderr_tail"].get<std::string>().size() <= std::size_t{64} * 1'024);
    check_none_left(guild, planner.name);

    const auto named =
        run_beside_shipped(guild, {"plan", "Do it", "--planner", planner.name, "--json", "--quiet"}, environment);
    CHECK(named.exit_code == 1);
    CHECK(json_of(named.output)["failure"]["code"] == "quarantined");
    CHECK(json_of(named.output)["failure"]["planner"] == planner.name);
  }
}

TEST_CASE("Planners that misbehave while planning get the right failure, and those beside them plan") {
  const guild_folder guild;
  for (const auto& planner : in_the_plan()) {
    add(guild, planner, planner.code == "deadline_exceeded" ? R"(,"timeout_s":1)" : "");
  }
  const std::vector<std::string> environment = {"PLANNER_IMPORT_TIMEOUT=60", "PLANNER_SELF_TEST_TIMEOUT=60"};
  for (const auto& planner : in_the_plan()) {
    INFO(planner.name);
    const auto named =
        run_beside_shipped(guild, {"plan", "Do it", "--planner", planner.name, "--json", "--quiet"}, environment);
    CHECK(named.exit_code == 1);
    const auto failure = json_of(named.output)["failure"];
    INFO(failure.dump());
    CHECK(failure["code"] == planner.code);
    CHECK(failure["planner"] == planner.name);
    check_none_left(guild, planner.name);
  }
  CHECK(is_shipped(planned_by(run_beside_shipped(guild, {"plan", "Do it", "--json", "--quiet"}, environment))));
}

TEST_CASE("A hang ends with what its own stage says of it, though whoever asks would wait for much longer") {
  const guild_folder guild;
  const auto hang = [](const std::string& where) { return "def " + where + "(id): child(); hang()"; };
  add(guild, {"hangs_in_handshake", hang("on_initialize"), "handshake", "load_timeout"});
  add(guild, {"hangs_in_self_test", hang("on_self_test"), "self_test", "self_test_failed"});
  add(guild, {"hangs_in_plan", hang("on_plan"), "plan", "deadline_exceeded"}, R"(,"timeout_s":1)");
  add(guild, {"outlasts_the_caller", hang("on_plan"), "plan", "deadline_exceeded"}, R"(,"timeout_s":50)");
  const auto run = [&](std::vector<std::string> arguments, const std::vector<std::string>& more = {}) {
    arguments.insert(arguments.end(), {"--json", "--quiet"});
    std::vector<std::string> environment = {import_timeout, self_test_timeout};
    environment.insert(environment.end(), more.begin(), more.end());
    const auto result = guild.run(arguments, environment);
    INFO(result.errors);
    return json_of(result.output);
  };
  const auto plan = [&](const std::string& planner, const std::string& timeout_s,
                        const std::vector<std::string>& more) {
    return run({"plan", "Do it", "--planner", planner, "--timeout", timeout_s}, more)["failure"]["code"];
  };
  for (const auto& [planner, stage, code] :
       std::vector<std::array<std::string, 3>>{{"hangs_in_handshake", "handshake", "load_timeout"},
                                               {"hangs_in_self_test", "self_test", "self_test_failed"}}) {
    INFO(planner);
    CHECK(plan(planner, "55", {}) == "quarantined");
    const auto evidence = run({"describe", planner})["evidence"];
    CHECK(evidence["stage"] == stage);
    CHECK(evidence["code"] == code);
    CHECK(evidence["ending"] == "timed_out");
    check_none_left(guild, planner);
  }
  CHECK(plan("hangs_in_handshake", "55", {"PLANNER_DISABLE_QUARANTINE=1"}) == "load_timeout");

  // The planner's own time over counts against it, the caller's does not: that is how the two are told apart.
  CHECK(plan("hangs_in_plan", "55", {}) == "deadline_exceeded");
  CHECK(run({"describe", "hangs_in_plan"})["reliability"]["failures"] == 1);
  CHECK(plan("outlasts_the_caller", "10", {}) == "deadline_exceeded");
  CHECK(run({"describe", "outlasts_the_caller"})["reliability"]["failures"] == 0);
  check_none_left(guild, "hangs_in_plan");
  check_none_left(guild, "outlasts_the_caller");
}

TEST_CASE("A planner that floods its standard error is heard all the same") {
  const guild_folder guild;
  add(guild,
      {"floods_stderr", "def on_start(): flood(4 << 20)\ndef on_plan(id): flood(4 << 20); answer(id, plan())", "", ""});
  const auto result = guild.run({"plan", "Do it", "--json"}, {"PLANNER_IMPORT_TIMEOUT=60"});
  CHECK(planned_by(result) == "floods_stderr");
  CHECK(result.errors.size() < 4'096);
  check_none_left(guild, "floods_stderr");
}

TEST_CASE("A planner that does not obey the shutdown is killed") {
  const guild_folder guild;
  add(guild, {"stubborn_planner", "def on_plan(id): child(); answer(id, plan()); hang()", "", ""});
  CHECK(planned_by(guild.run({"plan", "Do it", "--json"}, {"PLANNER_IMPORT_TIMEOUT=60"})) == "stubborn_planner");
  check_none_left(guild, "stubborn_planner");
}

TEST_CASE("A program that is missing, not executable or no program is a failed load that says which file it was") {
  const guild_folder guild;
  guild.add_program("plain_file", "#!/bin/sh\n");
  guild.folder().write("planners/plain_file", "#!/bin/sh\n", 0644);
  guild.add_program("no_interpreter", "#!/nowhere/interpreter\n");
  guild.add_program("empty_file", "");
  guild.add_program("no_program", std::string("\x7f"
                                              "ELF\0\xff\xff",
                                              7));
  guild.folder().write("planners/not_there.planner.json",
                       R"({"name":"not_there","version":"1.0.0","production_ready":true,)"
                       R"("entry":{"kind":"command","argv":["./not_there"]}})");
  for (const std::string planner : {"plain_file", "no_interpreter", "empty_file", "no_program", "not_there"}) {
    INFO(planner);
    const auto probe = run_beside_shipped(guild, {"probe", planner, "--json", "--quiet"});
    INFO(probe.errors);
    CHECK(probe.exit_code == 1);
    const auto verdict = json_of(probe.output);
    INFO(verdict.dump());
    CHECK(verdict["evidence"]["code"] == "load_failed");
    CHECK(has(verdict["evidence"].dump(), planner));
  }
  CHECK(is_shipped(planned_by(run_beside_shipped(guild, {"plan", "Do it", "--json", "--quiet"}))));
}

TEST_CASE("With quarantine switched off, asking by name tells what really happens") {
  const guild_folder guild;
  const std::map<std::string, std::string> expected = {{"exits_at_once", "load_failed"},
                                                       {"prints_noise", "protocol_error"},
                                                       {"has_another_name", "handshake_mismatch"},
                                                       {"says_too_much", "limit_exceeded"}};
  for (const auto& planner : in_the_probe()) {
    if (expected.count(planner.name) != 0) add(guild, planner);
  }
  const std::vector<std::string> environment = {"PLANNER_DISABLE_QUARANTINE=1", "PLANNER_IMPORT_TIMEOUT=60"};
  for (const auto& [planner, code] : expected) {
    INFO(planner);
    const auto named =
        run_beside_shipped(guild, {"plan", "Do it", "--planner", planner, "--json", "--quiet"}, environment);
    CHECK(named.exit_code == 1);
    CHECK(json_of(named.output)["failure"]["code"] == code);
    check_none_left(guild, planner);
  }
  CHECK(is_shipped(planned_by(run_beside_shipped(guild, {"plan", "Do it", "--json", "--quiet"}, environment))));
}

TEST_CASE("With a fallback the next planner plans where the best one fails, and the answer tells of both") {
  const guild_folder guild;
  add(guild, {"best_of_all", "def on_plan(id): sys.exit(0)", "", ""}, R"(,"tier":"vip")");
  const std::vector<std::string> environment = {"PLANNER_IMPORT_TIMEOUT=60"};
  const auto without = run_beside_shipped(guild, {"plan", "Do it", "--json", "--quiet"}, environment);
  CHECK(json_of(without.output)["failure"]["code"] == "planner_crashed");
  const guild_folder again;
  add(again, {"best_of_all", "def on_plan(id): sys.exit(0)", "", ""}, R"(,"tier":"vip")");
  const auto with = run_beside_shipped(again, {"plan", "Do it", "--fallback", "1"}, environment);
  CHECK(with.exit_code == 0);
  CHECK(has(with.output, "chosen      structural_planner"));
  CHECK(has(with.output, "failed      best_of_all"));
}
