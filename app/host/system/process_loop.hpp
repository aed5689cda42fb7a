// The one thread behind a process runner: an epoll loop over a wake-up descriptor and, for each child, its socket, its
// standard error and its pidfd. Files are copied on a thread beside it. `post` is for any thread; everything else
// belongs to the thread that runs `run`.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/host/system/descriptor.hpp"
#include "app/host/system/file_sealer.hpp"
#include "app/host/system/kept_copies.hpp"
#include "app/host/system/process_child.hpp"
#include "app/host/system/waiting_starts.hpp"
#include "messages/environment.hpp"
#include "messages/limits.hpp"

namespace planguild {

struct session_member;

/// What another thread wants of the loop.
struct process_request {
  enum class kind_of : std::uint8_t { start, send, kill, stop, sealed };
  kind_of kind = kind_of::stop;
  std::uint64_t id = 0;
  process_command command;  // start
  process_sink sink;        // start
  std::string line;         // send; sealed: the key of the copies
  sealing made;             // sealed
};

class process_loop {
 public:
  process_loop(spawn_terms terms, std::vector<std::string> places_of_copies);

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
  /// Sends to or kills a start whose files are still being copied. False: there is none with this id.
  bool serve_waiting(process_request& request);
  void take_copies(process_request request);
  void launch(waiting_start start, std::shared_ptr<const sealed_files> files);
  bool add_to_set(process_child& child);
  void serve_event(source from, std::uint64_t id, std::uint32_t events);
  void update_socket(process_child& child);
  void begin_end(process_child& child);
  void stop();
  /// Clears the sessions of ending children whose next round is due; one walk through /proc serves all of them.
  void advance_endings();
  bool advance(process_child& child, const std::vector<session_member>& members, std::int64_t now_ms);
  /// What of the child still runs besides its leader.
  static std::vector<session_member> living(const process_child& child, const std::vector<session_member>& members);
  static void kill_contained(const process_child& child);
  static void kill_round(const process_child& child, const std::vector<session_member>& alive);
  void report_end(process_child& child, std::uint64_t processes_left);

  spawn_terms terms_;
  std::string error_;
  descriptor epoll_;
  descriptor wake_;
  children children_;
  waiting_starts waiting_;
  kept_copies copies_{limits::file_copies_kept_max};
  std::vector<char> buffer_;
  bool stopping_ = false;

  // The only state that threads share: requests on their way in. Held for a push or a swap. The runner's interface is
  // called from actors' threads, and its own thread sleeps in epoll, so a queue with a lock is what joins them.
  std::mutex mutex_;
  std::vector<process_request> requests_;

  std::unique_ptr<file_sealer> sealer_;  // the last of the state that its thread posts to

  std::atomic<std::uint64_t> started_{0};  // counters for statistics; nothing is ordered by them
  std::atomic<std::uint64_t> alive_{0};
};

}  // namespace planguild
