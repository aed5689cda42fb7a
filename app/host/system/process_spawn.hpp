// Starting one process through planguild-worker. Called on the runner's thread only, which must live as long as the
// process.
#pragma once

#include <sys/types.h>

#include <string>

#include "app/host/system/descriptor.hpp"
#include "messages/environment.hpp"

namespace planguild {

/// A running child and our ends: all non-blocking and close-on-exec. The child is the leader of a new session.
struct spawned_process {
  pid_t pid = 0;
  descriptor socket;   // the other end is the child's descriptors 0 and 1
  descriptor errors;   // reads the child's descriptor 2
  descriptor process;  // pidfd
};

struct spawn_result {
  spawned_process process;
  std::string error;  // not empty: nothing was started; a sentence with the system's reason
};

/// Checks `command` (absolute argv[0] that is a regular, executable file; a directory to work in), then starts it.
/// Never throws for bad input.
spawn_result spawn_process(const std::string& launcher_path, process_command command);

}  // namespace planguild
