// Doctor, end to end with the built program.
#include <filesystem>

#include "tests/app/cli/command_fixture.hpp"

using namespace planguild::test;

TEST_CASE("A healthy set-up is fine, and every area is named") {
  const guild_folder guild;
  guild.add_planner("good_planner", two_tasks());
  const auto result = guild.run({"doctor"}, {"FACTORY_SANDBOX=require"});
  INFO(result.output + result.errors);
  CHECK(result.exit_code == 0);
  for (const auto* area : {"configuration", "roots", "manifests", "launcher", "store", "planners", "kernel"}) {
    CHECK(has(result.output, area));
  }
  CHECK(has(result.output, "Nothing is wrong"));
}

TEST_CASE("Everything that is wrong is found at once, each with the line that mends it") {
  const guild_folder guild;
  guild.add_program("exit_planner", "#!/bin/sh\necho 'went wrong' >&2\nexit 3\n");
  guild.add_planner("idle_planner", two_tasks());
  std::filesystem::permissions(guild.path("planners/idle_planner"), std::filesystem::perms{0644});
  guild.folder().write("planners/broken_planner.planner.json", "{\"name\": \"broken_planner\"");
  guild.folder().write("planners/open_planner.planner.json", "{}", 0644);
  std::filesystem::permissions(guild.path("planners/open_planner.planner.json"), std::filesystem::perms{0666});
  std::filesystem::permissions(guild.path("planners"), std::filesystem::perms{0777});
  const auto result = guild.run({"doctor", "--planner-path", guild.path("planners") + ":" + guild.path("nowhere")},
                                {"PLANNER_STRUCT_DEPTH=3", "FACTORY_TYPO=1"});
  INFO(result.output + result.errors);
  CHECK(result.exit_code == 1);
  CHECK(has(result.output, "> mkdir -p " + guild.path("nowhere") + "\n"));
  CHECK(has(result.output, "> chmod o-w " + guild.path("planners") + "\n"));
  CHECK(has(result.output, "> chmod o-w " + guild.path("planners/open_planner.planner.json") + "\n"));
  CHECK(has(result.output, "> chmod +x " + guild.path("planners/idle_planner") + "\n"));
  CHECK(has(result.output, "> correct it, then: planguild lint " + guild.path("planners/broken_planner.planner.json")));
  CHECK(has(result.output, "> planguild probe exit_planner\n"));
  CHECK(has(result.output, "> unset PLANNER_STRUCT_DEPTH\n"));
  CHECK(has(result.output, "> unset FACTORY_TYPO\n"));
  CHECK(has(result.output, "Something is wrong"));
}

TEST_CASE("A refused configuration is told whole, and the rest is examined all the same") {
  const guild_folder guild;
  guild.add_planner("good_planner", two_tasks());
  const auto result = guild.run({"doctor", "--json"}, {"FACTORY_TIE_BREAK=oldest", "FACTORY_MAX_PROFILES=many"});
  CHECK(result.exit_code == 1);
  const auto json = json_of(result.output);
  CHECK(json["good"] == false);
  REQUIRE(json["findings"].size() >= 3);
  CHECK(json["findings"][0]["mend"] == "unset FACTORY_TIE_BREAK");
  CHECK(json["findings"][1]["mend"] == "unset FACTORY_MAX_PROFILES");
  CHECK(json["areas"][2]["summary"] == "1 manifest examined, 0 left out by the configuration");
}

TEST_CASE("A damaged store is found and left to its owner") {
  const guild_folder guild;
  guild.add_planner("good_planner", two_tasks());
  const auto database = guild.folder().write("state/planguild/planguild.db", std::string(8'192, 'x'));
  const auto result = guild.run({"doctor"});
  INFO(result.output + result.errors);
  CHECK(result.exit_code == 1);
  CHECK(has(result.output, "> mv " + database + " " + database + ".damaged\n"));
  CHECK(has(result.output, "1 active"));
  CHECK(read_text(database) == std::string(8'192, 'x'));
}

TEST_CASE("Planners that the configuration leaves out are named with the line that lets them in") {
  const guild_folder guild;
  guild.add_planner("good_planner", two_tasks());
  const auto result = run_planguild({{"doctor"},
                                     {"FACTORY_PLANNER_PATH=" + guild.path("planners"),
                                      "FACTORY_ALLOWED_PLANNERS=other", "XDG_STATE_HOME=" + guild.path("state")}});
  INFO(result.output + result.errors);
  CHECK(result.exit_code == 1);  // nobody is active
  CHECK(has(result.output, "good_planner is left out: not allowed\n"));
  CHECK(has(result.output, "> export FACTORY_ALLOWED_PLANNERS=other,good_planner\n"));
}
