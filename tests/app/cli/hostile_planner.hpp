// Planners that misbehave on purpose, and what is left of their processes. Test support; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/app/cli/command_fixture.hpp"

namespace planguild::test {

/// One way to misbehave, and what the runtime has to make of it.
struct misbehaviour {
  std::string name;      // of the planner
  std::string override;  // Python: replaces one of the functions that a good planner has
  std::string stage;     // where it has to be noticed
  std::string code;      // what it has to be called
};

/// The program of a good planner with one function replaced. `on_start()`, `on_initialize(id)`, `on_self_test(id)`
/// and `on_plan(id)` may be; `say`, `answer`, `hang`, `flood`, `child`, `plan` and `chain` are there to do it with.
/// Every process of it is noted in `note_file`.
std::string hostile_program(const std::string& name, const std::string& note_file, const std::string& override);

struct noted_processes {
  std::size_t noted = 0;
  std::vector<std::string> alive;  // process ids; a process that nobody has reaped yet is not alive
};

/// Reads what the planners noted. A process id that was given to another process meanwhile is not alive.
noted_processes processes_in(const std::string& note_file);

/// Calls planguild with this guild's planners and the shipped ones beside them, all allowed, and this guild's state.
program_result run_beside_shipped(const guild_folder& guild, std::vector<std::string> arguments,
                                  std::vector<std::string> environment = {});

}  // namespace planguild::test
