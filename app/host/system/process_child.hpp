// One running child as its runner's thread sees it: its worker's statement, framing of its output, the tail of its
// standard error, the queue of what it has not read yet, and its end. Owned and used by that thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "app/host/system/process_spawn.hpp"
#include "messages/environment.hpp"
#include "messages/json_lines.hpp"
#include "messages/limits.hpp"

namespace planguild {

/// Hands an event to a sink. A sink must not throw; one that does loses the event, not the thread.
void deliver(const process_sink& sink, process_event event) noexcept;

/// The last limits::stderr_tail_bytes of a stream.
class byte_tail {
 public:
  void append(std::string_view bytes);
  std::string text() const;

 private:
  std::string bytes_;  // at most twice the bound, so that cutting is amortised
};

/// What is required of a process's sandbox, and whose it is.
struct sandbox_terms {
  std::string planner;
  entry_kind kind = entry_kind::command;
  sandbox_policy policy;
  planner_permissions grants;
};

class process_child {
 public:
  process_child(std::uint64_t id, process_sink sink, spawned_process process, sandbox_terms terms);

  std::uint64_t id() const noexcept { return id_; }
  pid_t pid() const noexcept { return process_.pid; }
  int socket() const noexcept { return process_.socket.get(); }
  int errors() const noexcept { return process_.errors.get(); }
  int process() const noexcept { return process_.process.get(); }
  const process_sink& sink() const noexcept { return sink_; }

  /// From now on lines are read and dropped.
  void silence() noexcept { silent_ = true; }

  /// Reads once into `buffer` and delivers the lines. Call when the socket is readable. Until the worker has stated its
  /// layers this reads the statement: if they suffice, the worker is told to go on, `secured` is delivered, and the
  /// lines that were queued follow; otherwise is_refused() is true from then on.
  void read_output(std::span<char> buffer);
  /// The worker did not state what is required, or not as agreed: it must be killed.
  bool is_refused() const noexcept { return refused_; }
  /// Whether the kernel ends everything that came of the child once one process, which no planner can touch, has ended.
  bool is_contained() const noexcept { return static_cast<bool>(first_); }
  /// pidfd of that process; -1 without a process namespace.
  int first() const noexcept { return first_.get(); }
  /// pidfd of the planner itself in that namespace; -1 where it is not known.
  int planner() const noexcept { return planner_.get(); }
  /// The copies it runs from; to be released once it has ended.
  std::shared_ptr<const sealed_files> take_files() noexcept { return std::move(process_.files); }
  /// Reads once into `buffer`. False once the stream has ended.
  bool read_errors(std::span<char> buffer);
  /// It wrote more than limits::stderr_bytes_max to standard error since the last line that was sent: it must be
  /// killed.
  bool is_over_limit() const noexcept { return errors_since_send_ > limits::stderr_bytes_max; }
  /// Queues a line and writes what fits. False: the child has too much unread, kill it.
  bool send_line(std::string line);
  /// Writes what fits. Call when the socket is writable.
  void write_queued();
  /// Which epoll events the socket waits for now; 0: take it out of the set, since a hang-up is reported always.
  std::uint32_t wanted_events() const noexcept;

  /// Reads what is in socket and pipe at this moment (not what a survivor adds meanwhile), then tells that the output
  /// is closed.
  void drain(std::span<char> buffer);
  /// The last event; reaps the process if it has exited. `killed`: its end was wanted by the host or a caller.
  process_event last_event(std::uint64_t processes_left);

  // -- the end, driven by the loop --
  bool ending = false;         // killed or exited: its session is being cleared
  bool killed = false;         // it did not exit by itself
  bool leader_exited = false;  // the pidfd said so; not reaped before the session is clear
  bool reported = false;       // `exited` was sent though it still runs: unkillable
  int rounds = 0;              // kill rounds since the leader exited
  std::int64_t next_round_ms = 0;
  std::int64_t give_up_ms = 0;
  std::uint32_t registered_events = 0;  // what the epoll set has for the socket; 0: not in the set

 private:
  void take_output(std::string_view bytes);
  void take_statement(std::string_view bytes);
  void judge(std::string_view line);
  void refuse(std::string reason);
  void go_on();
  void close_output();
  void add_status(process_event& event, int code, int status) const;
  bool paused() const noexcept {
    return lines_since_send_ > limits::notifications_per_request_max ||
           bytes_since_send_ > 4 * limits::protocol_line_bytes_max;
  }

  std::uint64_t id_;
  process_sink sink_;
  spawned_process process_;
  sandbox_terms terms_;
  bool stated_ = false;   // the worker was told to go on
  bool refused_ = false;  // and never will be
  bool insecure_ = false;
  std::string statement_;    // so far
  std::string refusal_;      // the sentence
  sandbox_posture posture_;  // from the statement on
  descriptor first_;
  descriptor planner_;
  line_reader reader_{limits::protocol_line_bytes_max};
  byte_tail stderr_tail_;
  std::deque<std::string> outgoing_;
  std::size_t outgoing_bytes_ = 0;
  std::size_t front_offset_ = 0;  // bytes of outgoing_.front() that are written
  std::size_t lines_since_send_ = 0;
  std::size_t bytes_since_send_ = 0;
  std::size_t errors_since_send_ = 0;  // bytes
  bool silent_ = false;
  bool output_ended_ = false;  // end of stream, or a line was too long
  bool input_ended_ = false;   // the child closed its end
};

}  // namespace planguild
