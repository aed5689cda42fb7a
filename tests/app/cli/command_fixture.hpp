// What the end-to-end tests of the command share: planners written in Python, a small repository, calls with a state
// folder of their own. Test support; any thread.
#pragma once

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/app/cli/program_runner.hpp"
#include "tests/support/text_checks.hpp"

namespace planguild::test {

/// The text's only JSON value; the test fails if it is none.
inline nlohmann::json json_of(const std::string& text) {
  INFO(text);
  REQUIRE(nlohmann::json::accept(text));
  return nlohmann::json::parse(text);
}

/// A folder with planners, state and a repository. The planners are scripts that speak planner protocol 1.
class guild_folder {
 public:
  guild_folder();

  /// Writes a planner that states `name` and plans `plan`, a JSON object; `extra` goes into its manifest (", …").
  void add_planner(const std::string& name, const std::string& plan, const std::string& extra = "") const;
  /// As above with the text of a Python program instead.
  void add_program(const std::string& name, const std::string& program, const std::string& extra = "") const;

  /// Calls planguild with this folder's planners (all allowed) and state.
  program_result run(std::vector<std::string> arguments, std::vector<std::string> environment = {},
                     std::string input = {}) const;

  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  const temporary_folder& folder() const noexcept { return folder_; }

 private:
  temporary_folder folder_;
};

/// A plan of two tasks, the second after the first.
std::string two_tasks();

}  // namespace planguild::test
