// One client's descriptors: reads lines for its conversation, keeps what is to be written, and notices a client that is
// gone or does not read. Never waits. Owned by the server; its thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "app/host/system/descriptor.hpp"
#include "app/rpc/line_splitter.hpp"
#include "app/rpc/rpc_conversation.hpp"

namespace planguild {

class rpc_connection {
 public:
  using clock = std::chrono::steady_clock;

  /// What is said to it runs on `queue`. `input` and `output` may be the same socket (`output` empty). `is_pipe`: there
  /// is nobody else to protect from this client, so it is waited for and never dropped for not reading.
  rpc_connection(completion_queue& queue, std::function<outcome<ack>()> want_events, descriptor input,
                 descriptor output, bool is_pipe);
  ~rpc_connection();
  rpc_connection(const rpc_connection&) = delete;
  rpc_connection& operator=(const rpc_connection&) = delete;

  int input() const noexcept { return input_.get(); }
  int output() const noexcept { return output_ ? output_.get() : input_.get(); }
  bool is_one_socket() const noexcept { return !output_; }

  /// Whether it is to be polled for reading, writing.
  bool wants_input() const noexcept;
  bool wants_output() const noexcept { return !is_gone_ && backlog_bytes_ > 0; }

  /// Reads once what is there, at most rpc_limits::read_bytes_per_turn. After poll has said so.
  void read();
  /// Whether a write would not block now.
  bool can_write() const;
  /// Writes what can be written at once. After poll or `can_write` has said so (a socket never blocks).
  void write();
  /// poll says that the other side has closed everything; what it sent before is still read.
  void hung_up();
  /// Reads no more; what runs is awaited.
  void stop_reading() noexcept { reading_ = false; }

  /// Over: gone, or at its end with nothing to run or write.
  bool is_over() const noexcept;
  /// The client could not be served to the end: it went away or was dropped.
  bool is_gone() const noexcept { return is_gone_; }
  /// Ends it at once: what runs is given up.
  void drop();
  /// As above, because it does not read, or holds too much.
  void drop_for_holding();
  bool was_dropped_for_holding() const noexcept { return dropped_for_holding_; }

  /// Since when it has read nothing although something is there for it; none: it owes no reading, or is waited for.
  std::optional<clock::time_point> unread_since() const;
  /// All that is held for it, in bytes.
  std::size_t held_bytes() const noexcept;

  rpc_conversation& conversation() noexcept { return *conversation_; }
  const rpc_conversation& conversation() const noexcept { return *conversation_; }
  /// Queues one line to be written.
  void send(std::string line);

 private:
  void take_chunk(std::string_view chunk);
  void end_of_input();

  descriptor input_;
  descriptor output_;
  const bool is_pipe_;
  const bool is_input_socket_;
  const bool is_output_socket_;
  line_splitter lines_;
  std::shared_ptr<rpc_conversation> conversation_;
  std::deque<std::string> backlog_;
  std::size_t backlog_bytes_ = 0;
  std::size_t written_of_first_ = 0;
  clock::time_point progress_;  // when the client last read something, or had nothing to read
  bool reading_ = true;
  bool hung_up_ = false;
  bool is_gone_ = false;
  bool dropped_for_holding_ = false;
};

}  // namespace planguild
