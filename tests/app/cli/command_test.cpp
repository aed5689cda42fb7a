// Every other command, end to end with the built program.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "messages/config.hpp"
#include "tests/app/cli/command_fixture.hpp"

using namespace planguild::test;

namespace {

const guild_folder& with_planners() {
  static const guild_folder guild;
  static const bool ready = [] {
    guild.add_planner("good_planner", two_tasks(), R"(,"tier":"stable","colour":"red")");
    guild.add_program("exit_planner", "#!/bin/sh\necho 'went wrong' >&2\nexit 3\n");
    guild.folder().write("planners/broken_planner.planner.json", "{\"name\": \"broken_planner\"");
    return true;
  }();
  (void)ready;
  return guild;
}

}  // namespace

TEST_CASE("The list shows every planner with its sandbox") {
  auto result = with_planners().run({"list"});
  INFO(result.errors);
  REQUIRE(result.exit_code == 0);
  CHECK(has(result.output, "good_planner"));
  CHECK(has(result.output, "quarantined"));
  CHECK(has(result.output, "1 refused: see `planguild discover`\n"));
  result = with_planners().run({"list", "--json"});
  const auto json = json_of(result.output);
  REQUIRE(json["planners"].size() == 2);
  CHECK(json["planners"][0]["name"] == "exit_planner");
  CHECK(json["planners"][0]["admission"] == "quarantined");
  CHECK(json["planners"][1]["admission"] == "admitted");
  CHECK(json["import_failures"].size() == 1);
}

TEST_CASE("A list that is piped is whole") {
  const guild_folder guild;
  const std::string capability(150, 'c');
  guild.folder().write("planners/wide_planner.planner.json",
                       R"({"name":"wide_planner","version":"1","capabilities":[")" + capability +
                           R"("],"entry":{"kind":"command","argv":["false"]}})");
  CHECK(has(guild.run({"list"}).output, capability));
}

TEST_CASE("Every command says that a reliability is out of range, unless it is to be quiet") {
  const std::vector<std::string> environment = {"PLANNER_MIN_RELIABILITY=-1"};
  CHECK(has(with_planners().run({"list"}, environment).errors,
            "planguild: PLANNER_MIN_RELIABILITY (environment) is -1, but reliabilities lie between 0 and 1"));
  CHECK_FALSE(has(with_planners().run({"list", "--quiet"}, environment).errors, "PLANNER_MIN_RELIABILITY"));
}

TEST_CASE("A planner is described with its evidence") {
  auto result = with_planners().run({"describe", "exit_planner"});
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "admission     quarantined"));
  CHECK(has(result.output, "load_failed, exit code 3"));
  CHECK(has(result.output, "stderr        went wrong\n"));
  CHECK(has(result.output, "sandbox       "));
  result = with_planners().run({"describe", "good_planner", "--json"});
  CHECK(json_of(result.output)["admission"] == "admitted");
  result = with_planners().run({"describe", "nobody"});
  CHECK(result.exit_code == 1);
  CHECK(has(result.errors, "not_found"));
}

TEST_CASE("Discovery says what was refused, and then the answer is no") {
  auto result = with_planners().run({"discover"});
  CHECK(result.exit_code == 1);
  CHECK(has(result.output, "found         2 planners: 1 admitted, 0 pending, 1 quarantined\n"));
  CHECK(has(result.output, "invalid_manifest"));
  CHECK(has(result.output, "colour"));
  result = with_planners().run({"discover", "--json"});
  CHECK(json_of(result.output)["import_failures"][0]["code"] == "invalid_manifest");
}

TEST_CASE("A name that is not allowed is left out with the line that lets it in") {
  const guild_folder guild;
  guild.add_planner("good_planner", two_tasks());
  const std::vector<std::string> environment = {"FACTORY_PLANNER_PATH=" + guild.path("planners"),
                                                "FACTORY_ALLOWED_PLANNERS=other"};
  auto result = run_planguild({{"describe", "good_planner"}, environment});
  CHECK(result.exit_code == 1);
  CHECK(has(result.errors, "not_allowed"));
  CHECK(has(result.errors, "export FACTORY_ALLOWED_PLANNERS="));
  result = run_planguild({{"discover"}, environment});
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "good_planner: not allowed"));
}

TEST_CASE("Health is yes with a planner and no without one") {
  auto result = with_planners().run({"health"});
  CHECK(result.exit_code == 0);
  CHECK(result.output.find("ready\n") == 0);
  const guild_folder empty;
  result = empty.run({"health", "--json"});
  CHECK(result.exit_code == 1);
  CHECK(json_of(result.output)["ready"] == false);
}

TEST_CASE("A probe's verdict is the exit code") {
  auto result = with_planners().run({"probe", "good_planner"});
  INFO(result.errors);
  CHECK(result.exit_code == 0);
  CHECK(result.output.find("good_planner  admitted\n") == 0);
  result = with_planners().run({"probe", "exit_planner"});
  CHECK(result.exit_code == 1);
  CHECK(has(result.output, "exit_planner  quarantined\n"));
  CHECK(with_planners().run({"probe", "nobody"}).exit_code == 1);
}

TEST_CASE("A repository is indexed") {
  const auto& guild = with_planners();
  auto result = guild.run({"index", guild.path("repository")});
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "files       2 in known languages, 4 lines"));
  result = guild.run({"index", guild.path("repository"), "--json"});
  const auto json = json_of(result.output);
  CHECK(json["totals"]["files"] == 2);
  CHECK(json["imports"][0]["to"] == "src/b.hpp");
  CHECK(guild.run({"index", guild.path("nowhere")}).exit_code == 2);
}

TEST_CASE("Lint finds what is wrong with a manifest") {
  const auto& guild = with_planners();
  auto result = guild.run({"lint", guild.path("planners/good_planner.planner.json")});
  CHECK(result.exit_code == 0);
  result = guild.run({"lint", "--json", guild.path("planners/good_planner.planner.json"),
                      guild.path("planners/broken_planner.planner.json"), guild.path("nothing.planner.json")});
  CHECK(result.exit_code == 1);
  const auto json = json_of(result.output);
  REQUIRE(json.size() == 3);
  CHECK(json[0]["good"] == true);
  CHECK(json[1]["good"] == false);
  CHECK(json[2]["good"] == false);
}

TEST_CASE("The configuration shows values and sources, and flags win") {
  const auto& guild = with_planners();
  const auto file = guild.folder().write("config.json", R"({"min_reliability": 0.3, "log_level": "ERROR"})");
  const auto result =
      guild.run({"config", "--config", file, "--log-level", "DEBUG", "--json"}, {"PLANNER_STRUCT_DEPTH=1"});
  CHECK(result.exit_code == 0);
  const auto json = json_of(result.output);
  for (const auto& each : json["variables"]) {
    if (each["variable"] == "FACTORY_MIN_RELIABILITY") CHECK(each["source"] == "file " + file);
    if (each["variable"] == "FACTORY_LOG_LEVEL") CHECK(each["source"] == "flag --log-level");
    if (each["variable"] == "FACTORY_LOG_LEVEL") CHECK(each["value"] == "DEBUG");
    if (each["variable"] == "FACTORY_PLANNER_PATH") CHECK(each["source"] == "environment");
  }
  CHECK(has(json["notes"].dump(), "PLANNER_STRUCT_DEPTH"));
}

TEST_CASE("The shipped planners are found without any configuration") {
  const auto result = run_planguild({{"config", "--json"}});
  REQUIRE(result.exit_code == 0);
  const auto json = json_of(result.output);
  for (const auto& each : json["variables"]) {
    if (each["variable"] == "FACTORY_PLANNER_PATH") CHECK(each["value"] == binary_folder() + "/planners");
  }
}

TEST_CASE("Rubbish in every variable is reported whole, by every command that needs the configuration") {
  std::vector<std::string> environment;
  std::vector<std::string> refused;
  const std::string rubbish = "\x1b[31m rubbish ,:=";
  for (const auto& field : planguild::config_fields()) {
    environment.push_back(std::string{field.variable} + "=" + rubbish);
    planguild::config scratch;
    if (field.parse(scratch, rubbish)) refused.emplace_back(field.variable);
  }
  CHECK(refused.size() >= 20);  // lists and labels take any text
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"config"}, {"config", "--json"}, {"list"}, {"plan", "x"}}) {
    const auto result = run_planguild({arguments, environment});
    CHECK(result.exit_code == 2);
    CHECK_FALSE(has(result.errors, "\x1b"));
    for (const auto& variable : refused) {
      INFO(variable);
      CHECK(has(result.errors, "  " + variable + " = \""));
    }
  }
}

TEST_CASE("With --json a refused configuration is a failure on standard output, with every problem") {
  const auto& guild = with_planners();
  for (const std::string command : {"list", "health", "stats"}) {
    INFO(command);
    const auto result = guild.run({command, "--json"}, {"FACTORY_MIN_RELIABILITY=much", "FACTORY_MAX_PROFILES=many"});
    CHECK(result.exit_code == 2);
    const auto problem = json_of(result.output)["failure"];
    CHECK(problem["code"] == "invalid_configuration");
    CHECK(has(problem["message"], "FACTORY_MIN_RELIABILITY = \"much\""));
    CHECK(has(problem["message"], "FACTORY_MAX_PROFILES = \"many\""));
    CHECK(has(result.errors, "planguild: the configuration is refused (2 problems):\n"));
  }
  CHECK(guild.run({"list"}, {"FACTORY_MIN_RELIABILITY=much"}).output.empty());
}

TEST_CASE("With --json a command line that cannot be read is a failure on standard output") {
  const auto& guild = with_planners();
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{"frobnicate", "--json"}, "there is no command \"frobnicate\""},
      {{"--json", "frobnicate"}, "there is no command \"frobnicate\""},
      {{"list", "--frobnicate", "--json"}, "--frobnicate"},
      {{"list", "--frobnicate", "--format", "json"}, "--frobnicate"},
      {{"list", "--frobnicate", "--format=json"}, "--frobnicate"},
      {{"plan", " ", "--json"}, "the objective is empty"}};
  for (const auto& [arguments, message] : wrong) {
    INFO(arguments[0] << " " << arguments[1]);
    const auto result = guild.run(arguments);
    CHECK(result.exit_code == 2);
    const auto problem = json_of(result.output)["failure"];
    CHECK(problem["code"] == "invalid_request");
    CHECK(has(problem["message"], message));
    CHECK(has(result.errors, message));
  }
  CHECK(guild.run({"list", "--frobnicate"}).output.empty());
  CHECK(guild.run({"list", "--frobnicate", "--", "--json"}).output.empty());
}

TEST_CASE("A hostile configuration file is refused with exit code 2") {
  const auto& guild = with_planners();
  for (const auto& text : {std::string{}, std::string{"{\"a\":1,\"a\":2}"}, std::string(100'000, '['),
                           std::string{"\0\xff", 2}, std::string(2'000'000, ' ')}) {
    const auto result = guild.run({"list", "--config", guild.folder().write("hostile.json", text)});
    CHECK(result.exit_code == 2);
    CHECK(has(result.errors, "hostile.json"));
  }
  CHECK(guild.run({"list", "--config", guild.path("nothing.json")}).exit_code == 2);
}

TEST_CASE("Schemas are JSON") {
  for (const std::string name : {"manifest", "plan", "config"}) {
    const auto result = with_planners().run({"schema", name});
    CHECK(result.exit_code == 0);
    CHECK(json_of(result.output)["type"] == "object");
  }
}

TEST_CASE("A wrong command line is exit code 2, help and version are 0") {
  CHECK(with_planners().run({"frobnicate"}).exit_code == 2);
  CHECK(with_planners().run({}).exit_code == 2);
  CHECK(with_planners().run({"list", "--frobnicate"}).exit_code == 2);
  CHECK(with_planners().run({"--help"}).exit_code == 0);
  CHECK(with_planners().run({"plan", "--help"}).exit_code == 0);
  const auto version = with_planners().run({"--version"});
  CHECK(version.exit_code == 0);
  CHECK(version.output.find("planguild ") == 0);
}

TEST_CASE("A closed standard output is exit code 1 without noise") {
  const auto& guild = with_planners();
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--help"}, {"schema", "config"}, {"list", "--quiet"}}) {
    const auto result =
        run_planguild({arguments,
                       {"FACTORY_PLANNER_PATH=" + guild.path("planners"), "FACTORY_ALLOWED_PLANNERS=good_planner",
                        "XDG_STATE_HOME=" + guild.path("state")},
                       {},
                       true});
    CHECK(result.exit_code == 1);
    CHECK(result.errors.empty());
  }
}

TEST_CASE("Without descriptors 0, 1 and 2 nothing is written into the files that would take their place") {
  const guild_folder guild;
  guild.add_planner("good_planner", two_tasks());
  const std::vector<std::string> environment = {"FACTORY_PLANNER_PATH=" + guild.path("planners"),
                                                "FACTORY_ALLOWED_PLANNERS=*", "XDG_STATE_HOME=" + guild.path("state")};
  program_call call{{"list"}, environment};
  call.no_descriptors = true;
  CHECK(run_planguild(call).exit_code == 1);
  const auto result = guild.run({"list"});
  CHECK(result.exit_code == 0);
  CHECK(result.errors.empty());
  CHECK(has(result.output, "admitted"));
}

TEST_CASE("Roots that are missing or no folder are named and harm nobody") {
  const auto& guild = with_planners();
  const auto file = guild.folder().write("plain", "x");
  const auto path = guild.path("nowhere") + ":" + file + ":" + guild.path("planners");
  auto result = guild.run({"discover", "--planner-path", path});
  CHECK(result.exit_code == 1);
  CHECK(has(result.output, guild.path("nowhere")));
  CHECK(has(result.output, file));
  CHECK(has(result.output, "good_planner"));
  CHECK(guild.run({"list", "--planner-path", path}).exit_code == 0);
}

TEST_CASE("A root that may not be read is named") {
  if (::geteuid() == 0) {
    WARN("the superuser may read everything: not tested");
    return;
  }
  const guild_folder guild;
  std::filesystem::create_directories(guild.path("closed"));
  REQUIRE(::chmod(guild.path("closed").c_str(), 0) == 0);
  const auto result = guild.run({"discover", "--planner-path", guild.path("closed")});
  ::chmod(guild.path("closed").c_str(), 0700);
  CHECK(result.exit_code == 1);
  CHECK(has(result.output, "load_failed"));
}

TEST_CASE("A state folder that cannot be made means memory only, and is said") {
  const guild_folder guild;
  guild.add_planner("good_planner", two_tasks());
  const auto file = guild.folder().write("plain", "x");
  const auto result = guild.run({"list", "--state", file + "/state"});
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "admitted"));
  CHECK(has(result.errors, "store"));
}

TEST_CASE("A corrupt store is set aside, said, and nothing else happens") {
  const guild_folder guild;
  guild.add_planner("good_planner", two_tasks());
  guild.folder().write("state/planguild/planguild.db", std::string(8'192, 'x'));
  auto result = guild.run({"list"});
  CHECK(result.exit_code == 0);
  CHECK(has(result.errors, "corrupt"));
  result = guild.run({"list"});
  CHECK(result.exit_code == 0);
  CHECK_FALSE(has(result.errors, "corrupt"));
}

TEST_CASE("The list tells which planners are live, and PLANNER_MIN_RELIABILITY decides") {
  const guild_folder guild;
  guild.add_planner("good_planner", two_tasks());
  guild.add_planner("other_planner", two_tasks());
  REQUIRE(guild.run({"plan", "Do it", "--planner", "good_planner"}).exit_code == 0);
  const auto live = [&](const std::string& least) {
    return json_of(guild.run({"list", "--json"}, {"PLANNER_MIN_RELIABILITY=" + least}).output)["live"];
  };
  CHECK(live("0.05") == nlohmann::json({"good_planner", "other_planner"}));
  CHECK(live("0.6") == nlohmann::json({"good_planner"}));  // 2/3 after its success; the other has 1/2
  CHECK(has(guild.run({"list"}, {"PLANNER_MIN_RELIABILITY=0.6"}).output,
            "not live: other_planner (reliability below PLANNER_MIN_RELIABILITY)\n"));
}

TEST_CASE("Why standard output cannot be written is told once, and of a closed pipe nothing") {
  const program_call whole{{"schema", "plan"}};
  auto call = whole;
  call.through = {"/bin/sh", "-c", "exec \"$@\" >/dev/full", "sh"};
  auto result = run_planguild(call);
  CHECK(result.exit_code == 1);
  CHECK(result.errors == "planguild: cannot write standard output: No space left on device\n");
  call.arguments = {"--help"};
  CHECK(run_planguild(call).errors == result.errors);
  call = whole;
  call.closed_output = true;
  result = run_planguild(call);
  CHECK(result.exit_code == 1);
  CHECK(result.errors.empty());
}

TEST_CASE("What was learned of a planner is remembered") {
  const guild_folder guild;
  guild.add_planner("good_planner", two_tasks());
  REQUIRE(guild.run({"plan", "Do it"}).exit_code == 0);
  const auto record = json_of(guild.run({"describe", "good_planner", "--json"}).output);
  CHECK(record["reliability"]["invocations"] == 1);
  CHECK(record["reliability"]["score"].get<double>() > 0.6);
}
