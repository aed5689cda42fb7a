// Real planner processes: starts each one through planguild-worker, talks to it in lines, and ends it with its whole
// session. One thread per runner, made with the first start, does everything; it also spawns, because the kernel sends
// a worker its death signal when the spawning thread ends. Idle, it is never woken.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "messages/environment.hpp"

namespace planguild {

struct process_runner_options {
  std::string launcher_path;  // of planguild-worker, absolute; empty: every start fails and says so
};

struct process_statistics {
  std::uint64_t started = 0;  // processes that were spawned
  std::uint64_t alive = 0;    // of them, those whose `exited` has not been sent
};

/// The runner of command planners. Beyond the interface:
/// - What cannot be started gets one `exited` with `start_error`: a missing or non-executable argv[0], a missing
///   directory, no launcher, an entry that is no command, or what the system says.
/// - Lines that are in the socket when the process ends are delivered before `exited`. A grandchild that keeps the
/// socket
///   open delays nothing.
/// - `kill`, and the end of the process itself, kill every process of its session (not those that made a session of
/// their own:
///   without a sandbox nothing can hold them). `processes_left` counts what five rounds did not end.
/// - A process that cannot be killed is reported after two seconds (`processes_left` of at least 1) and reaped when it
/// ends.
/// - A planner that writes more than limits::notifications_per_request_max lines or 4 × limits::protocol_line_bytes_max
/// bytes
///   since the last `send_line` is no longer read (it blocks) until the next one: a mailbox never fills without end.
/// - Descriptors 0 and 1 are the same socket, so `output_closed` comes when both are closed.
/// - After `line_too_long` nothing more is read; the caller kills.
/// The destructor kills and reaps all children, sends nothing more but their `exited`, and returns within about two
/// seconds.
class local_process_runner : public process_runner {
 public:
  /// Any thread; a moment's view.
  virtual process_statistics statistics() const = 0;
};

/// Never fails and starts nothing yet. Any thread.
std::shared_ptr<local_process_runner> make_process_runner(process_runner_options options);

}  // namespace planguild
