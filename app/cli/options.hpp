// The command line as a value. Owned by the command; parsing is a pure function, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/scaffold.hpp"
#include "messages/profiling.hpp"

namespace planguild::cli {

/// What the program's exit code says.
namespace exit_code {
inline constexpr int yes = 0;       // done, and the answer is yes
inline constexpr int negative = 1;  // a failure of the domain, or the answer is no
inline constexpr int usage = 2;     // the command line, an input file or the configuration is wrong
inline constexpr int internal = 3;  // a defect of planguild
}  // namespace exit_code

enum class command {
  plan,
  select,
  list,
  describe,
  crash,
  discover,
  health,
  index,
  lint,
  probe,
  config,
  schema,
  replay,
  rpc,
  heal,
  reload,
  quarantine,
  reinstate,
  configure,
  stats,
  profiles,
  diagnostics,
  top,
  doctor,
  new_planner
};
enum class output_format { text, json, markdown, mermaid };
enum class colour_choice { automatic, always, never };

struct command_line {
  enum command command = command::list;
  // shared
  std::vector<std::string> planner_path;  // each may hold several folders, separated by colons
  std::string config_file;
  std::string state_directory;
  std::string attach_path;  // of the running runtime's socket; empty: a runtime of its own
  output_format format = output_format::text;
  bool quiet = false;
  std::string log_level;
  colour_choice colour = colour_choice::automatic;
  // plan, select
  std::string objective;
  std::string repository;
  std::vector<std::string> required;  // trimmed, in order
  std::string context_file;           // "-": standard input
  std::string planner;                // plan: this one; select: whose winning change is looked for
  bool prefer_production = true;
  std::int64_t timeout_ms = 0;  // 0: none given
  bool explain = false;
  std::string record_file;
  std::uint64_t fallback = 0;  // plan: how many of the next planners are tried when one fails
  std::string out_file;
  std::uint64_t top = 16;
  // the others
  std::string name;       // describe, crash, probe, quarantine, reinstate, new; schema: which one
  std::string directory;  // index; new: empty is a folder of the planner's name
  scaffold_language language = scaffold_language::cpp;  // new
  std::vector<std::string> files;                       // lint; replay: exactly one
  std::string listen_path;  // rpc; empty: standard input and output, or sockets that systemd passes
  // what operators ask
  bool force = true;                                          // heal
  std::int64_t max_attempts = 3;                              // heal
  std::string reason;                                         // quarantine, reinstate
  std::vector<std::pair<std::string, std::string>> settings;  // configure: variable, value
  sample_kind profile = sample_kind::selection;               // profiles
  std::int64_t limit = 100;                                   // profiles
  bool verbose = false;                                       // diagnostics
  bool once = false;                                          // top
  std::int64_t interval_ms = 1'000;                           // top: from one frame to the next
};

/// Either a command line, or what to print and the exit code.
struct parsed_command_line {
  std::optional<command_line> line;
  int exit_code = exit_code::yes;
  std::string text;          // for standard output if the exit code is 0, else for standard error
  std::string problem = {};  // what is wrong, in a sentence, if the exit code is not 0
};

/// Reads the arguments (without the program's name). `program_version` is what --version prints.
parsed_command_line parse_command_line(const std::vector<std::string>& arguments, const std::string& program_version);

}  // namespace planguild::cli
