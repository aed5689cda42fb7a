// The files of a new planner project, as texts. Pure functions, any thread; app/cli/command_new.cpp writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/enums.hpp"

namespace planguild::cli {

enum class scaffold_language : std::uint8_t {
  cpp,     // a native planner: one class over planner.hpp, built with CMake
  python,  // a command planner: one script
};
PLANGUILD_ENUM(scaffold_language, cpp, python);

struct scaffold_file {
  std::string path;  // relative to the project's folder
  std::string text;
  unsigned mode = 0644;
};

/// Every file of the project, the manifest first. `name` is a planner name (text::is_planner_name).
std::vector<scaffold_file> scaffold_files(std::string_view name, scaffold_language language);

/// The lines that build and try the project, to be run in its folder. `program` is planguild as a shell finds it.
std::vector<std::string> scaffold_commands(std::string_view name, scaffold_language language,
                                           std::string_view program = "planguild");

/// How a shell finds the program that was typed as `typed` in `working_directory`, from whatever folder it is asked
/// later: a bare name is looked up again, a path becomes absolute. As a word of a command line.
std::string program_word(std::string_view typed, std::string_view working_directory);

// The rest is for the files of this unit.

/// `text` with @NAME@ and @CLASS@ replaced.
std::string filled_in(std::string_view text, std::string_view name);
std::vector<scaffold_file> cpp_scaffold(std::string_view name);
std::vector<scaffold_file> python_scaffold(std::string_view name);
/// app/worker/planner_abi.h and planner.hpp as they were when this program was built.
std::string_view planner_abi_text();
std::string_view planner_header_text();

}  // namespace planguild::cli
