// Decides which layers to ask a worker for, and with which arguments it is started. Any thread; what it asks of the
// system is named at each function.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/host/system/worker_statement.hpp"
#include "messages/environment.hpp"

namespace planguild {

/// What matters of the machine that the host runs on.
struct sandbox_machine {
  bool root = false;     // the host's effective user
  int landlock_abi = 0;  // 0: this kernel has no Landlock, or it was refused to this process
};

/// Asks the kernel; two system calls.
sandbox_machine ask_machine();

/// For tests of machines that lack something.
struct missing_layers {
  std::optional<int> landlock_abi_max;  // use no later Landlock than this
  std::vector<std::string> left_out;    // layers that are not asked for
};

/// One worker that is to be started.
struct worker_plan {
  std::string launcher;  // planguild-worker
  std::string program;   // what it becomes, absolute
  std::vector<std::string> program_arguments;
  std::string directory;     // the planner's copies, in which it starts
  std::string all_copies;    // the folder of the copies of all planners, which none may write to; empty: there is none
  bool has_filter = false;   // under filter_number
  std::string filter_error;  // why there is none
  bool has_library = false;  // under library_number
};

struct worker_command {
  std::vector<std::string> arguments;  // the launcher first
  std::vector<layer_note> notes;       // for the posture
  bool asks_for_filter = false;
  std::string error;  // not empty: it cannot be started; a sentence
};

/// The arguments of app/worker/layers.hpp for `command` with its grants; an error if these cannot be handed over, or if
/// one to write is at, above or below `plan.all_copies`. Looks up the granted paths (one stat for each
/// and its parents), so it may block where those lie on a slow file system.
worker_command make_worker_command(const process_command& command, const worker_plan& plan,
                                   const sandbox_machine& machine, const missing_layers& lacking);

/// The user that a root host lets this planner have: the same for one name on every machine, between
/// limits::planner_uid_min and limits::planner_uid_max.
std::uint32_t planner_uid(std::string_view planner);

/// Whether a user who neither owns anything there nor is in a group can read this file, or list this folder: every
/// folder above it may be entered by all. False where it is not there.
bool readable_by_others(const std::string& path);

}  // namespace planguild
