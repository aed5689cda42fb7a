// What the projects of both languages have in common. Pure functions, any thread.
#include "app/cli/scaffold.hpp"

#include <utility>

#include "actors/discovery/load.hpp"
#include "app/cli/doctor_checks.hpp"

namespace planguild::cli {
namespace {

/// A class name that no keyword and no number is: "3-way" becomes planner_3_way_planner.
std::string class_name(std::string_view name) {
  std::string result(name);
  for (char& letter : result) letter = letter == '-' ? '_' : letter;
  if (result.front() >= '0' && result.front() <= '9') result.insert(0, "planner_");
  if (!result.ends_with("planner")) result += "_planner";
  return result;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::string filled_in(std::string_view text, std::string_view name) {
  std::string result(text);
  replace_all(result, "@NAME@", name);
  replace_all(result, "@CLASS@", class_name(name));
  return result;
}

std::vector<scaffold_file> scaffold_files(std::string_view name, scaffold_language language) {
  return language == scaffold_language::cpp ? cpp_scaffold(name) : python_scaffold(name);
}

std::vector<std::string> scaffold_commands(std::string_view name, scaffold_language language,
                                           std::string_view program) {
  std::vector<std::string> lines;
  if (language == scaffold_language::cpp) lines.emplace_back("cmake -G Ninja -S . -B build && cmake --build build");
  for (const auto* line :
       {"@PROGRAM@ lint @NAME@.planner.json", "export FACTORY_PLANNER_PATH=$PWD FACTORY_ALLOWED_PLANNERS=@NAME@",
        "@PROGRAM@ probe @NAME@", "@PROGRAM@ select \"Make it better\" --explain",
        "@PROGRAM@ plan \"Make it better\" --repo ."}) {
    lines.push_back(filled_in(line, name));
    replace_all(lines.back(), "@PROGRAM@", program);
  }
  return lines;
}

std::string program_word(std::string_view typed, std::string_view working_directory) {
  if (typed.empty()) return "planguild";
  if (typed.find('/') == std::string_view::npos) return shell_word(typed);
  return shell_word(absolute_path(typed, working_directory));
}

}  // namespace planguild::cli
