// Starting one process through planguild-worker. Called on the runner's thread only, which must live as long as the
// process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/host/system/descriptor.hpp"
#include "app/host/system/sealed_files.hpp"
#include "app/host/system/worker_arguments.hpp"
#include "messages/environment.hpp"

namespace planguild {

/// What is the same for all processes of a runner.
struct spawn_terms {
  std::string launcher_path;  // of planguild-worker; planguild-library-worker lies beside it
  sandbox_machine machine;
  missing_layers lacking;
};

/// A running child and our ends: all non-blocking and close-on-exec. The child is the leader of a new session.
struct spawned_process {
  pid_t pid = 0;
  descriptor socket;                          // the other end is the child's descriptors 0 and 1
  descriptor errors;                          // reads the child's descriptor 2
  descriptor process;                         // pidfd
  std::int64_t started_ns = 0;                // monotonic
  std::shared_ptr<const sealed_files> files;  // what it runs from, for as long as it does
  std::vector<layer_note> notes;              // for its posture
};

struct spawn_result {
  spawned_process process;
  std::string error;  // not empty: nothing was started; a sentence with the system's reason
};

/// Why `command` cannot be started, whatever its files are; empty if nothing is known against it. A few stat calls.
std::string why_refused(const spawn_terms& terms, const process_command& command);

/// The copies that `command` needs.
files_request files_for(const spawn_terms& terms, const process_command& command);

/// Starts `command`, which why_refused had nothing against, from its copies. Never throws for bad input.
spawn_result spawn_process(const spawn_terms& terms, const process_command& command,
                           std::shared_ptr<const sealed_files> files);

}  // namespace planguild
