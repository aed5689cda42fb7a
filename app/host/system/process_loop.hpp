// The one thread behind a process runner: an epoll loop over a wake-up descriptor and, for each child, its socket, its
// standard error and its pidfd. `post` is for any thread; everything else belongs to the thread that runs `run`.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/host/system/descriptor.hpp"
#include "app/host/system/process_child.hpp"
#include "messages/environment.hpp"

namespace planguild {

struct session_member;

/// What another thread wants of the loop.
struct process_request {
  enum class kind_of : std::uint8_t { start, send, kill, stop };
  kind_of kind = kind_of::stop;
  std::uint64_t id = 0;
  process_command command;  // start
  process_sink sink;        // start
  std::string line;         // send
};

class process_loop {
 public:
  explicit process_loop(std::string launcher_path);

  /// Empty, or why there can be no loop (no descriptors left).
  const std::string& error() const noexcept { return error_; }

  /// Queues a request and wakes the loop. Any thread; never blocks for longer than another `post`.
  void post(process_request request);

  /// Runs until a `stop` request was served: all children killed and reaped, or given up after two seconds.
  void run();

  std::uint64_t started() const noexcept { return started_.load(std::memory_order_relaxed); }
  std::uint64_t alive() const noexcept { return alive_.load(std::memory_order_relaxed); }

 private:
  enum class source : std::uint8_t { wake, socket, errors, process };
  using children = std::unordered_map<std::uint64_t, std::unique_ptr<process_child>>;

  bool watch(int operation, int number, std::uint32_t events, source from, std::uint64_t id);
  int wait_ms() const;
  void serve_requests();
  void serve(process_request request);
  void start(process_request request);
  bool add_to_set(process_child& child);
  void serve_event(source from, std::uint64_t id, std::uint32_t events);
  void update_socket(process_child& child);
  void begin_end(process_child& child);
  void stop();
  /// Clears the sessions of ending children whose next round is due; one walk through /proc serves all of them.
  void advance_endings();
  bool advance(process_child& child, const std::vector<session_member>& members, std::int64_t now_ms);
  void report_end(process_child& child, std::uint64_t processes_left);

  std::string launcher_path_;
  std::string error_;
  descriptor epoll_;
  descriptor wake_;
  children children_;
  std::vector<char> buffer_;
  bool stopping_ = false;

  // The only state that threads share: requests on their way in. Held for a push or a swap. The runner's interface is
  // called from actors' threads, and its own thread sleeps in epoll, so a queue with a lock is what joins them.
  std::mutex mutex_;
  std::vector<process_request> requests_;

  std::atomic<std::uint64_t> started_{0};  // counters for statistics; nothing is ordered by them
  std::atomic<std::uint64_t> alive_{0};
};

}  // namespace planguild
