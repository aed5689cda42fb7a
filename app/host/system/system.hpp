// Puts the real outside together: everything that a runtime's actors use, from a few options. A host's thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/host/system/builtin_runner.hpp"
#include "app/host/system/log.hpp"
#include "app/host/system/processes.hpp"
#include "app/host/system/store.hpp"
#include "messages/builtin.hpp"
#include "messages/environment.hpp"

namespace planguild {

/// planguild-worker: beside this program's own file, else where it was built or installed, else empty (then command
/// planners cannot be started, and say so).
std::string find_launcher();

struct system_options {
  std::string launcher_path = find_launcher();
  std::vector<builtin_registration> builtins;  // the same as in runtime_options
  log_level least_level = log_level::info;
  int log_descriptor = 2;  // not owned; must outlive the environment
  log_style style_of_log = log_style::json;
  std::string state_directory;  // empty: nothing is kept
};

/// The environment, and the parts of it that a host asks for more than actors do.
struct system_environment {
  environment outside;
  std::shared_ptr<local_process_runner> processes;   // statistics()
  std::shared_ptr<builtin_process_runner> builtins;  // abandoned()
  std::shared_ptr<durable_store> store;              // flush(), memory_only()
};

/// Never fails: a store that cannot be opened is replaced by one that keeps nothing (see open_store), and the log says
/// so. May block for the store's file operations. Starts no process.
system_environment make_system_environment(system_options options);

}  // namespace planguild
