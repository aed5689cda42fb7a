// plan, select and replay, end to end with the built program.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "messages/limits.hpp"
#include "tests/app/cli/command_fixture.hpp"

using namespace planguild::test;

namespace {

const guild_folder& with_two_planners() {
  static const guild_folder guild;
  static const bool ready = [] {
    guild.add_planner("first_planner", two_tasks(), R"(,"tier":"stable")");
    guild.add_planner("second_planner", two_tasks());
    return true;
  }();
  (void)ready;
  return guild;
}

}  // namespace

TEST_CASE("A plan is made from a repository and shown as text") {
  const auto& guild = with_two_planners();
  const auto result = guild.run({"plan", "Do it", "--repo", guild.path("repository")});
  INFO(result.errors);
  REQUIRE(result.exit_code == 0);
  CHECK(has(result.output, "repository  2 files, 4 lines, 0 import cycles, 0 hotspots"));
  CHECK(has(result.output, "planners    2 admitted, 0 quarantined"));
  CHECK(has(result.output, "chosen      first_planner 1.0.0\n"));
  CHECK(has(result.output, "sandbox     no"));
  CHECK(has(result.output, "plan        2 tasks; ids, dependencies, cycles and files checked"));
  CHECK(has(result.output, " 1  M  low   First   src/a.cpp\n 2  S  high  Second             <1\n"));
  CHECK(has(result.output, "critical    1 > 2\n"));
  CHECK(has(result.output, "0 processes left\n"));
  CHECK(has(result.output, "to flip"));
  CHECK_FALSE(has(result.output, "\x1b"));
  CHECK(result.errors.empty());
}

TEST_CASE("A plan without a repository says so") {
  const auto result = with_two_planners().run({"plan", "Do it"});
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "repository  none: without --repo DIR planners see no files\n"));
}

TEST_CASE("A plan as JSON holds plan, selection, instance and attempts") {
  const auto& guild = with_two_planners();
  const auto result = guild.run({"plan", "Do it", "--repo", guild.path("repository"), "--json"});
  REQUIRE(result.exit_code == 0);
  const auto json = json_of(result.output);
  CHECK(json.size() == 4);
  CHECK(json["attempts"][0]["planner"] == "first_planner");
  CHECK(json["plan"]["objective"] == "Do it");
  CHECK(json["plan"]["meta"]["seed"] == 7);
  CHECK(json["plan"]["order"] == nlohmann::json({"one", "two"}));
  CHECK(json["plan"]["critical_path"] == nlohmann::json({"one", "two"}));
  CHECK(json["selection"]["best"] == "first_planner");
  CHECK(json["selection"]["explanations"].empty());
  CHECK(json["instance"]["name"] == "first_planner");
  CHECK(json["instance"]["sandbox"] == "none");
}

TEST_CASE("A plan is written to a file, as a document or a graph") {
  const auto& guild = with_two_planners();
  const auto file = guild.path("plan.md");
  auto result = guild.run({"plan", "Do it", "--format", "md", "--out", file});
  REQUIRE(result.exit_code == 0);
  CHECK(result.output.empty());
  CHECK(read_text(file).find("# Plan: Do it\n") == 0);
  result = guild.run({"plan", "Do it", "--format", "mermaid"});
  REQUIRE(result.exit_code == 0);
  CHECK(result.output.find("graph TD\n") == 0);
  CHECK(has(result.output, "  t1 --> t2\n"));
  result = guild.run({"plan", "Do it", "--out", guild.path("nowhere/plan.md")});
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "nowhere/plan.md: its folder: No such file"));
  // Before the configuration is read, and so before anything is indexed, probed or planned.
  result =
      guild.run({"plan", "Do it", "--json", "--config", guild.path("none.json"), "--out", guild.path("nowhere/a")});
  CHECK(result.exit_code == 2);
  CHECK(has(result.output, "\"failure\""));
  CHECK(has(result.output, "its folder"));
}

TEST_CASE("A named planner is used without ranking") {
  const auto result = with_two_planners().run({"plan", "Do it", "--planner", "second_planner"});
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "planner     second_planner 1.0.0, as asked for; nothing was ranked\n"));
  const auto unknown = with_two_planners().run({"plan", "Do it", "--planner", "nobody"});
  CHECK(unknown.exit_code == 1);
  CHECK(has(unknown.errors, "planguild: not_found: "));
}

TEST_CASE("A selection that is to be flipped for a planner that nobody knows names it") {
  const auto unknown = with_two_planners().run({"select", "Do it", "--planner", "nobody_here"});
  CHECK(unknown.exit_code == 1);
  CHECK(has(unknown.errors, "not_found: "));
  CHECK(has(unknown.errors, "\"nobody_here\""));
}

TEST_CASE("A required capability that nobody offers is warned of, and the choice is made all the same") {
  const auto& guild = with_two_planners();
  for (const auto* name : {"select", "plan"}) {
    const auto text = guild.run({name, "Do it", "--require", "risks"});
    CHECK(text.exit_code == 0);
    CHECK(has(text.output, "warning     no known planner offers \"risks\""));
    CHECK(has(text.output, "like it there is"));
    const auto result = guild.run({name, "Do it", "--require", "risks", "--json"});
    REQUIRE(result.exit_code == 0);
    auto json = json_of(result.output);
    if (json.contains("selection")) json = json["selection"];
    CHECK(json["best"] == "first_planner");
    CHECK(json["warnings"].size() == 1);
  }
  CHECK_FALSE(has(guild.run({"select", "Do it", "--require", "risk"}).output, "warning"));
}

TEST_CASE("A named planner that fails falls back to the ranking, and only who made the plan is chosen") {
  const guild_folder guild;
  guild.add_planner("good_planner", two_tasks());
  guild.add_program("bad_planner", R"py(#!/usr/bin/env python3
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    if request["method"] == "generate_plan": sys.exit(9)
    result = {"passed": True}
    if request["method"] == "initialize":
        result = {"protocol": 1, "name": "bad_planner", "version": "1.0.0", "capabilities": ["risk"]}
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)
)py",
                    R"(,"tier":"gold")");
  const auto alone = guild.run({"plan", "Do it", "--planner", "bad_planner"});
  CHECK(alone.exit_code == 1);
  CHECK(has(alone.errors,
            "planguild: planner_crashed: bad_planner: The planner exited with code 9. (`planguild crash bad_planner` "
            "shows how it ended)\n"));
  CHECK(has(guild.run({"crash", "bad_planner"}).output, "exit code 9"));
  const auto elsewhere = guild.path("other state");
  CHECK(has(guild.run({"plan", "Do it", "--planner", "bad_planner", "--state", elsewhere}).errors,
            "(`planguild crash bad_planner --state '" + elsewhere + "'` shows how it ended)\n"));
  const auto result = guild.run({"plan", "Do it", "--planner", "bad_planner", "--fallback", "1"});
  INFO(result.output);
  REQUIRE(result.exit_code == 0);
  CHECK(has(result.output, "chosen      good_planner 1.0.0\n"));
  CHECK(has(result.output, "failed      bad_planner: planner_crashed: The planner exited with code 9.\n"));
}

TEST_CASE("Explaining shows every planner's fate") {
  const auto result = with_two_planners().run({"select", "Do it", "--explain", "--require", "risk"});
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "every planner\n"));
  CHECK(has(result.output, "second_planner  lost"));
}

TEST_CASE("A selection shows as many rows as were asked for") {
  const auto result = with_two_planners().run({"select", "Do it", "--top", "1", "--json"});
  REQUIRE(result.exit_code == 0);
  const auto json = json_of(result.output);
  CHECK(json["breakdown"].size() == 1);
  CHECK(json["candidates_considered"] == 2);
}

TEST_CASE("A given context decides like an index") {
  const auto& guild = with_two_planners();
  const std::string context = R"({"deep_index_summary":{"files":1},"hotspots_count":20})";
  auto result = guild.run({"select", "Do it", "--context", "-", "--json"}, {}, context);
  REQUIRE(result.exit_code == 0);
  CHECK(json_of(result.output)["breakdown"][0]["hotspot_boost"] == 0.03);
  const auto file = guild.folder().write("context.json", context);
  result = guild.run({"select", "Do it", "--context", file});
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "20 hotspots"));
  const auto broken = guild.folder().write("broken.json", "{\"a\":1,\"a\":2}");
  result = guild.run({"select", "Do it", "--context", broken});
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "broken.json"));
  result = guild.run({"select", "Do it", "--context", guild.path("nothing.json")});
  CHECK(result.exit_code == 2);
  result = guild.run({"plan", "Do it", "--context", "-"}, {}, "[]");
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "--context - is an array; accepted is a JSON object"));
  CHECK(guild.run({"plan", "Do it", "--context", "-"}, {}, "").exit_code == 2);
  result = guild.run({"plan", "Do it", "--repo", ""});
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "--repo"));
  result = guild.run({"plan", "Do it", "--repo", guild.path("nowhere")});
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "is no folder"));
}

TEST_CASE("Recorded decisions replay without a difference, and a changed one with it") {
  const auto& guild = with_two_planners();
  const auto file = guild.path("record.jsonl");
  REQUIRE(guild.run({"plan", "Do it", "--record", file}).exit_code == 0);
  REQUIRE(guild.run({"select", "And more", "--require", "risk", "--record", file}).exit_code == 0);
  auto lines = read_text(file);
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 2);
  auto result = guild.run({"replay", file});
  INFO(result.errors);
  CHECK(result.exit_code == 0);
  CHECK(std::count(result.output.begin(), result.output.end(), '\n') == 2);
  CHECK(has(result.errors, "2 decisions compared, 0 different"));
  CHECK(guild.run({"replay", "-"}, {}, lines).output == result.output);

  lines.replace(lines.rfind("\"best\":\"first"), 12, "\"best\":\"worst");
  result = guild.run({"replay", "-"}, {}, lines);
  CHECK(result.exit_code == 1);
  CHECK(has(result.errors, "standard input, line 2: "));
  CHECK(has(result.errors, "2 decisions compared, 1 different"));
}

TEST_CASE("A malformed line is named and the others are taken") {
  const auto& guild = with_two_planners();
  const auto result =
      guild.run({"replay", "-"}, {}, "{\"planners\":[],\"request\":{}}\nnonsense\n\n{\"planners\":[],\"request\":{}}");
  CHECK(result.exit_code == 2);
  CHECK(std::count(result.output.begin(), result.output.end(), '\n') == 2);
  CHECK(has(result.errors, "standard input, line 2: "));
}

TEST_CASE("Of many malformed lines the first are told and the rest is counted") {
  const auto result = with_two_planners().run({"replay", "-"}, {}, "{}\n{}\n\n{}\n{}\n{}\n{}\n[]\n");
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "standard input, line 6: no recorded decision: it has no \"planners\"\n"));
  CHECK_FALSE(has(result.errors, "line 7"));
  CHECK(has(result.errors, "planguild: and 2 more lines that are no decision\n"));
}

TEST_CASE("A file of decisions that is not there is a failure in JSON, too") {
  const auto& guild = with_two_planners();
  const auto result = guild.run({"replay", guild.path("nothing"), "--json"});
  CHECK(result.exit_code == 2);
  CHECK(json_of(result.output)["failure"]["code"] == "invalid_request");
  CHECK(has(result.errors, "cannot replay " + guild.path("nothing") + ": No such file or directory\n"));
}

TEST_CASE("A record that could not be written is refused before anything runs") {
  const auto& guild = with_two_planners();
  for (const auto& [place, why] :
       {std::pair{"", "it is a folder"}, std::pair{"nowhere/record.jsonl", "its folder: No such file or directory"},
        std::pair{"planners/", "it is a folder"}}) {
    for (const std::string command : {"plan", "select"}) {
      const auto result = guild.run({command, "Do it", "--record", guild.path(place), "--json"});
      CHECK(result.exit_code == 2);
      CHECK(json_of(result.output)["failure"]["code"] == "invalid_request");
      CHECK(has(result.errors, "cannot append to " + guild.path(place)));
      CHECK(has(result.errors, why));
    }
  }
  // Not even the configuration is looked at, and no runtime is asked for.
  for (const std::string option : {"--config", "--attach"}) {
    const auto result = guild.run({"select", "Do it", "--record", guild.path(""), option, guild.path("unmade")});
    CHECK(has(result.errors, "it is a folder"));
    CHECK_FALSE(has(result.errors, "unmade"));
  }
  // The check itself makes no file.
  const auto file = guild.path("unmade.jsonl");
  CHECK(guild.run({"plan", "Do it", "--repo", guild.path("nowhere"), "--record", file}).exit_code == 2);
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("What holds no decision is no yes") {
  const auto& guild = with_two_planners();
  for (const std::string text : {"", "\n", " \n\n", "{}\n", "nonsense\n"}) {
    const auto result = guild.run({"replay", "-"}, {}, text);
    CHECK(result.exit_code == 2);
    CHECK(has(result.errors, "there is nothing to replay: standard input holds no decision"));
  }
}

TEST_CASE("A line without end is refused within bounds") {
  const auto result =
      with_two_planners().run({"replay", "-"}, {}, std::string(planguild::limits::protocol_line_bytes_max + 1, 'x'));
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "line 1 is longer than"));
}

TEST_CASE("Nobody to choose from is a negative answer") {
  const guild_folder guild;
  auto result = guild.run({"plan", "Do it"});
  CHECK(result.exit_code == 1);
  CHECK(has(result.errors, "planguild: no_active_planner: "));
  result = guild.run({"plan", "Do it", "--json"});
  CHECK(result.exit_code == 1);
  CHECK(json_of(result.output)["failure"]["code"] == "no_active_planner");
}

TEST_CASE("A planner's bad plan is a failure and what it sends is shown without control characters") {
  const guild_folder guild;
  guild.add_planner(
      "cyclic_planner",
      R"({"tasks":[{"id":"a","title":"x","depends_on":["b"]},{"id":"b","title":"y","depends_on":["a"]}]})");
  auto result = guild.run({"plan", "Do it"});
  CHECK(result.exit_code == 1);
  CHECK(has(result.errors, "planguild: plan_invalid: "));

  const guild_folder loud;
  loud.add_planner("loud_planner", R"({"tasks":[{"id":"a","title":"\\u001b[31mred"}]})");
  result = loud.run({"plan", "Do it"});
  CHECK(result.exit_code == 0);
  CHECK_FALSE(has(result.output, "\x1b"));
  CHECK(has(result.output, "\\x1b[31mred"));
}

TEST_CASE("Nothing to do is an answer") {
  const guild_folder guild;
  guild.add_planner("calm_planner", R"({"tasks":[],"evidence":[{"text":"all is well"}]})");
  const auto result = guild.run({"plan", "Do it"});
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "plan        nothing to do;"));
  CHECK(has(result.output, "evidence    all is well\n"));
}

TEST_CASE("An interrupt ends a plan with exit code 1 and no process left") {
  const guild_folder guild;
  // The planner leaves its process id in a file once it plans, and then never answers.
  guild.add_program("slow_planner", "#!/usr/bin/env python3\nfolder = '" + guild.path("planners") + R"py('
import json, os, sys, time
for line in sys.stdin:
    request = json.loads(line)
    if request.get("method") == "generate_plan":
        with open(os.path.join(folder, "pid.part"), "w") as file:
            file.write(str(os.getpid()))
        os.rename(os.path.join(folder, "pid.part"), os.path.join(folder, "pid"))
        while True:
            time.sleep(60)
    results = {"initialize": {"protocol": 1, "name": "slow_planner", "version": "1.0.0", "capabilities": ["risk"]},
               "self_test": {"passed": True}, "shutdown": {}}
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": results[request["method"]]}), flush=True)
)py");
  program_call call{{"plan", "Do it"},
                    {"FACTORY_ALLOWED_PLANNERS=*", "FACTORY_SANDBOX=off",
                     "FACTORY_PLANNER_PATH=" + guild.path("planners"), "XDG_STATE_HOME=" + guild.path("state")}};
  call.interrupt_when_exists = guild.path("planners/pid");
  const auto result = run_planguild(call);
  INFO(result.errors);
  CHECK(result.exit_code == 1);
  CHECK(has(result.errors, "planguild: interrupted\n"));
  const auto process = read_text(guild.path("planners/pid"));
  REQUIRE_FALSE(process.empty());
  struct stat facts {};
  CHECK(::stat(("/proc/" + process).c_str(), &facts) != 0);
}
