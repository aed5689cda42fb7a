// Planners made by `planguild new` in a guild: found, probed inside the sandbox, selected, and asked for a plan.
#include <cstdlib>

#include "tests/app/cli/command_fixture.hpp"

using namespace planguild::test;

namespace {

/// Follows a planner from `planguild new` to its plan; `build` is run in its folder first.
void check_new_planner(const std::string& language, const std::string& build) {
  const guild_folder guild;
  const auto project = guild.path("planners/fresh_planner");
  auto result = guild.run({"new", "fresh_planner", "--lang", language, "--directory", project});
  INFO(result.errors);
  REQUIRE(result.exit_code == 0);
  const auto line = "cd '" + project + "' && { " + build + "; } >log 2>&1";
  REQUIRE(std::system(line.c_str()) == 0);

  result = guild.run({"probe", "fresh_planner"});
  INFO(result.output);
  INFO(result.errors);
  REQUIRE(result.exit_code == 0);
  CHECK(result.output.find("fresh_planner  admitted\n") == 0);
  result = guild.run({"select", "Make it better", "--require", "example", "--json"});
  REQUIRE(result.exit_code == 0);
  CHECK(has(result.output, "\"fresh_planner\""));
  result = guild.run({"plan", "Make it better", "--repo", guild.path("repository"), "--json"});
  REQUIRE(result.exit_code == 0);
  CHECK(has(result.output, "Read what \\\"Make it better\\\" is about"));
  CHECK(has(result.output, guild.path("repository")));
}

}  // namespace

TEST_CASE("A new C++ planner is probed, selected and plans") {
  check_new_planner("cpp", "cmake -G Ninja -S . -B build -DCMAKE_CXX_FLAGS=-O0 && cmake --build build");
}

TEST_CASE("A new Python planner is probed, selected and plans") {
  check_new_planner("python", "true");
}
