// The texts of a new planner project, for names of every kind.
#include "app/cli/scaffold.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "actors/discovery/manifest.hpp"
#include "messages/text.hpp"
#include "tests/support/text_checks.hpp"

using namespace planguild;
using namespace planguild::cli;
using planguild::test::has;

TEST_CASE("Every planner name gives a project whose manifest is read as it was meant, with nothing left to fill in") {
  for (const auto language : {scaffold_language::cpp, scaffold_language::python}) {
    for (const std::string& name : {std::string("my_planner"), std::string("int"), std::string("3-way"),
                                    std::string("planner"), std::string("a--b"), std::string(64, 'x')}) {
      REQUIRE(text::is_planner_name(name));
      const auto files = scaffold_files(name, language);
      CAPTURE(name);
      std::set<std::string> paths;
      for (const auto& file : files) {
        CHECK(paths.insert(file.path).second);
        CHECK_FALSE(relative_path_problem(file.path));
        CHECK_FALSE(has(file.text, "@NAME@"));
        CHECK_FALSE(has(file.text, "@CLASS@"));
        CHECK(file.text.back() == '\n');
      }
      REQUIRE(files.front().path == name + ".planner.json");
      const auto parsed = parse_manifest(files.front().text, files.front().path);
      REQUIRE(parsed);
      CHECK(parsed->warnings.empty());
      CHECK(parsed->manifest.name == name);
      CHECK(parsed->manifest.self_test);
      CHECK(parsed->manifest.entry.kind ==
            (language == scaffold_language::cpp ? entry_kind::library : entry_kind::command));
      for (const auto& line : scaffold_commands(name, language)) CHECK_FALSE(has(line, "@"));
    }
  }
}

TEST_CASE("The class of a C++ planner is an identifier and no keyword, whatever the planner is called") {
  const auto class_of = [](const std::string& name) {
    const auto line = filled_in("@CLASS@", name);
    CHECK(has(scaffold_files(name, scaffold_language::cpp)[1].text, "PLANGUILD_PLANNER(" + line + ")"));
    return line;
  };
  CHECK(class_of("my_planner") == "my_planner");
  CHECK(class_of("my-planner") == "my_planner");
  CHECK(class_of("int") == "int_planner");
  CHECK(class_of("3-way") == "planner_3_way_planner");
  CHECK(class_of("planner") == "planner");
}

TEST_CASE("The commands name planguild as a shell finds it from the folder of the project") {
  CHECK(program_word("", "/home") == "planguild");
  CHECK(program_word("planguild", "/home") == "planguild");
  CHECK(program_word(".build/dev/bin/planguild", "/home/me") == "/home/me/.build/dev/bin/planguild");
  CHECK(program_word("/my tools/planguild", "/home") == "'/my tools/planguild'");
  const auto commands = scaffold_commands("my_planner", scaffold_language::python, "/bin/planguild");
  CHECK(commands.front() == "/bin/planguild lint my_planner.planner.json");
  CHECK(commands.back() == "/bin/planguild plan \"Make it better\" --repo .");
}

TEST_CASE("A scaffolded README has no line that is hard to read") {
  for (const auto language : {scaffold_language::cpp, scaffold_language::python}) {
    for (const auto& file : scaffold_files("my_planner", language)) {
      if (file.path != "README.md") continue;
      std::size_t begin = 0;
      for (auto end = file.text.find('\n'); end != std::string::npos; end = file.text.find('\n', begin)) {
        CAPTURE(file.text.substr(begin, end - begin));
        CHECK(end - begin <= 130);
        begin = end + 1;
      }
    }
  }
}

TEST_CASE("The commands are those of the README that is written, in its order") {
  for (const auto language : {scaffold_language::cpp, scaffold_language::python}) {
    std::string readme;
    for (const auto& file : scaffold_files("my_planner", language)) {
      if (file.path == "README.md") readme = file.text;
    }
    std::size_t from = 0;
    for (const auto& line : scaffold_commands("my_planner", language)) {
      CAPTURE(line);
      const auto at = readme.find("\n" + line + "\n", from);
      REQUIRE(at != std::string::npos);
      from = at + 1;
    }
  }
}
