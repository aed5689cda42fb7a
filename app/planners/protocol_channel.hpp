// The two ends of the protocol: a thread that reads lines and queues requests, and bounded writing of answers. Internal
// to app/planners. `next`, `finish` and `send` may be called from any thread; the reading thread is the channel's own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace planguild {

/// JSON-RPC error codes that are answered here.
enum rpc_error : int {
  rpc_parse_error = -32700,
  rpc_invalid_request = -32600,
  rpc_unknown_method = -32601,
  rpc_invalid_params = -32602,
  rpc_internal_error = -32603,
  rpc_cancelled = -32800,
  rpc_overloaded = -32001,
  rpc_planner_failed = -32000
};

/// A request that waits for its answer.
struct rpc_request {
  nlohmann::json id;
  std::string method;
  nlohmann::json params;  ///< An object; empty if none was given.
  bool cancelled = false;
};

class protocol_channel {
 public:
  protocol_channel(int input_fd, int output_fd);
  /// Ends the reading thread, also if the other side is silent.
  ~protocol_channel();
  protocol_channel(const protocol_channel&) = delete;
  protocol_channel& operator=(const protocol_channel&) = delete;

  /// Waits for the next request; none after `shutdown` was taken, at the end of input, or when the channel is broken.
  std::optional<rpc_request> next();
  /// The request that `next` gave is answered; a later cancellation of it is ignored.
  void finish();
  /// True once the running request was cancelled or nobody waits for it any more.
  const std::atomic<bool>& cancelled() const { return cancelled_; }

  /// A result that makes the line longer than protocol_line_bytes_max, which no host reads, becomes an error.
  void reply(const nlohmann::json& id, nlohmann::json result);
  void reply_error(const nlohmann::json& id, int code, std::string_view message);
  void notify(std::string_view method, nlohmann::json params);

  /// True if a line was over its bound or an answer could not be written.
  bool broken() const { return broken_; }

 private:
  void read_lines();
  bool wait_for_input() const;
  bool take_line(const std::string& line);
  void take_cancel(const nlohmann::json& id);
  void queue(rpc_request request);
  void end_of_input();
  void send(const nlohmann::json& message);
  void send_line(const std::string& line);

  int input_fd_;
  int output_fd_;
  int wake_fd_;
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> broken_{false};
  std::mutex write_mutex_;  // one answer at a time: the reader answers bad lines
  std::mutex mutex_;        // guards the five below
  std::condition_variable arrived_;
  std::deque<rpc_request> requests_;
  nlohmann::json running_;  // id of the request being answered, or null
  bool ended_ = false;      // no more input
  bool gone_ = false;       // nobody reads answers any more
  std::thread reader_;      // last: it uses everything above
};

}  // namespace planguild
