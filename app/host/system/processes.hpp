// Real planner processes: starts each one in a sandbox through planguild-worker, talks to it in lines, and ends it with
// its whole session. One thread per runner, made with the first start, does everything; it also spawns, because the
// kernel sends a worker its death signal when the spawning thread ends. Idle, it is never woken.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/host/system/worker_arguments.hpp"
#include "messages/environment.hpp"

namespace planguild {

struct process_runner_options {
  std::string launcher_path;                    // of planguild-worker, absolute; empty: every start fails and says so
  std::vector<std::string> places_of_copies{};  // folders, best first; empty: copy_folder_places()
  missing_layers lacking{};                     // for tests of machines that lack something
};

struct process_statistics {
  std::uint64_t started = 0;  // processes that were spawned
  std::uint64_t alive = 0;    // of them, those whose `exited` has not been sent
};

/// The runner of command and library planners. Beyond the interface:
/// - What cannot be started gets one `exited` with `start_error`: a missing or non-executable argv[0], a missing
///   directory, no launcher, a builtin, files that cannot be copied or are not those that were vetted, or what the
///   system says. So does a worker that ends before it states its layers, after `started`.
/// - A planner runs in a private folder that holds copies of its files alone; argv[0], if it is one of them, is the
/// copy.
///   Copies are made on a second thread and kept for the next start of the same bytes.
/// - Lines that are sent before the sandbox is on are held back until `secured`.
/// - With a process namespace nothing that a planner leaves behind outlives it. Without one, `kill` and the end of the
///   process itself kill every process of its session; one that made a session of its own escapes, if the system call
///   filter, which lets no process be made, is missing as well. `processes_left` counts what five rounds did not end.
/// - Lines that are in the socket when the process ends are delivered before `exited`. A grandchild that keeps the
///   socket open delays nothing.
/// - A process that cannot be killed is reported after two seconds (`processes_left` of at least 1) and reaped when it
///   ends.
/// - A planner that writes more than limits::notifications_per_request_max lines or 4 × limits::protocol_line_bytes_max
///   bytes since the last `send_line` is no longer read (it blocks) until the next one: a mailbox never fills without
///   end.
/// - Descriptors 0 and 1 are the same socket, so `output_closed` comes when both are closed.
/// - After `line_too_long` nothing more is read; the caller kills.
/// The destructor kills and reaps all children, removes their copies, sends nothing more but their `exited`, and
/// returns within about two seconds.
class local_process_runner : public process_runner {
 public:
  /// Any thread; a moment's view.
  virtual process_statistics statistics() const = 0;
};

/// Never fails and starts nothing yet. Any thread.
std::shared_ptr<local_process_runner> make_process_runner(process_runner_options options);

}  // namespace planguild
