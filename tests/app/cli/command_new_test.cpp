// `planguild new` end to end: what it writes builds and lints, and it overwrites nothing.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/app/cli/command_fixture.hpp"

using namespace planguild::test;

namespace {

std::string name_in(const temporary_folder& folder, const std::string& name) {
  return folder.path() + "/" + name;
}

program_result make_project(const std::string& name, const std::string& language, const std::string& directory) {
  return run_planguild({{"new", name, "--lang", language, "--directory", directory}});
}

std::string source_folder() {
  const char* folder = std::getenv("PLANGUILD_SOURCE_DIR");
  REQUIRE(folder != nullptr);
  return folder;
}

}  // namespace

TEST_CASE("A new C++ planner builds with the headers that come with it, and lints") {
  const temporary_folder folder;
  const auto project = name_in(folder, "project");
  auto result = make_project("fresh_planner", "cpp", project);
  INFO(result.errors);
  REQUIRE(result.exit_code == 0);
  CHECK(has(result.output, "written     " + project + "/fresh_planner.planner.json\n"));
  CHECK(has(result.output, "planguild probe fresh_planner\n"));
  for (const std::string header : {"planner.hpp", "planner_abi.h"}) {
    CHECK(read_text(project + "/include/" + header) == read_text(source_folder() + "/app/worker/" + header));
  }
  const auto manifest = project + "/fresh_planner.planner.json";
  result = run_planguild({{"lint", manifest}});
  CHECK(result.exit_code == 1);
  CHECK(has(result.output, "entry.path names \"libfresh_planner.so\", which is not there"));

  const auto build = "cd '" + project + "' && { cmake -G Ninja -S . -B build -DCMAKE_CXX_FLAGS='-O0 -Werror' && " +
                     "cmake --build build; } >log 2>&1";
  const int built = std::system(build.c_str());
  INFO(read_text(project + "/log"));
  REQUIRE(built == 0);
  result = run_planguild({{"lint", "--json", manifest}});
  INFO(result.output);
  CHECK(result.exit_code == 0);
  const auto report = json_of(result.output)[0];
  CHECK(report["good"] == true);
  CHECK(report["files"] == nlohmann::json{"libfresh_planner.so"});
  for (const auto& finding : report["findings"]) CHECK(finding["severity"] == "note");
}

TEST_CASE("A new Python planner lints as it is and answers its self-test by hand") {
  const temporary_folder folder;
  const auto project = name_in(folder, "project");
  auto result = run_planguild({{"new", "fresh-planner", "--lang", "python", "--directory", project, "--json"}});
  INFO(result.errors);
  REQUIRE(result.exit_code == 0);
  const auto answer = json_of(result.output);
  CHECK(answer["name"] == "fresh-planner");
  CHECK(answer["language"] == "python");
  CHECK(answer["directory"] == project);
  for (const auto& file : answer["files"]) {
    CHECK(std::filesystem::is_regular_file(project + "/" + file.get<std::string>()));
  }
  CHECK(answer["files"].size() == 3);
  result = run_planguild({{"lint", "--json", project + "/fresh-planner.planner.json"}});
  INFO(result.output);
  CHECK(result.exit_code == 0);
  const auto reports = json_of(result.output);
  for (const auto& finding : reports[0]["findings"]) CHECK(finding["severity"] == "note");

  const auto by_hand = "cd '" + project + R"(' && echo '{"jsonrpc":"2.0","id":1,"method":"self_test"}' | )" +
                       "python3 fresh-planner.py >answer";
  REQUIRE(std::system(by_hand.c_str()) == 0);
  CHECK(json_of(read_text(project + "/answer"))["result"]["passed"] == true);
}

TEST_CASE("Nothing is overwritten: a project whose files are there is refused whole, and stays as it was") {
  const temporary_folder folder;
  const auto project = name_in(folder, "project");
  folder.write("project/README.md", "mine");
  auto result = make_project("fresh_planner", "python", project);
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "\"" + project + "/README.md\" is there already"));
  CHECK(read_text(project + "/README.md") == "mine");
  CHECK_FALSE(std::filesystem::exists(project + "/fresh_planner.py"));
  std::filesystem::remove(project + "/README.md");
  std::filesystem::create_symlink("/nowhere/at/all", project + "/README.md");
  CHECK(make_project("fresh_planner", "python", project).exit_code == 2);
  std::filesystem::remove(project + "/README.md");
  folder.write("project/notes.txt", "mine");
  CHECK(make_project("fresh_planner", "python", project).exit_code == 0);
  CHECK(read_text(project + "/notes.txt") == "mine");
  result = make_project("fresh_planner", "cpp", project);
  CHECK(result.exit_code == 2);
  CHECK_FALSE(std::filesystem::exists(project + "/CMakeLists.txt"));
}

TEST_CASE(
    "A name that no planner may have, a language that is not known and a folder that cannot be made are refused") {
  const temporary_folder folder;
  const auto project = name_in(folder, "project");
  for (const std::string bad : {"ab", "-abc", "a b c", "a/b/c", "../abc", "caf\xC3\xA9", ""}) {
    const auto result = run_planguild({{"new", "--lang", "cpp", "--directory", project, "--", bad}});
    CAPTURE(bad);
    CHECK(result.exit_code == 2);
    CHECK(has(result.errors, "no planner name"));
    CHECK_FALSE(std::filesystem::exists(project));
  }
  CHECK(make_project("fresh_planner", "rust", project).exit_code == 2);
  CHECK(run_planguild({{"new", "fresh_planner"}}).exit_code == 2);
  const auto file = folder.write("plain", "x");
  const auto result = make_project("fresh_planner", "cpp", file + "/project");
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "cannot be made"));
}
