// One live builtin planner: a thread of its own that answers planner protocol 1 as a planner's process would. Shared by
// that thread and by whoever holds the runner, through a mutex; an abandoned thread keeps its own state alive.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "messages/builtin.hpp"
#include "messages/environment.hpp"

namespace planguild {

class builtin_instance {
 public:
  /// `abandoned` counts the instances that were killed while they were busy and have not returned since.
  builtin_instance(std::shared_ptr<const builtin_registration> registration, process_sink sink,
                   std::shared_ptr<std::atomic<std::uint64_t>> abandoned);

  /// The thread's work: from `started` to `exited`. Call once, on a thread of its own that owns a share of this.
  void run();

  // Any thread.
  void send_line(std::string line);
  /// Delivers `exited` before it returns. A busy planner is asked to give up and its thread left to finish.
  void kill();
  bool finished();
  /// Whether `run` has returned, waiting until `deadline` for it.
  bool wait_finished(std::chrono::steady_clock::time_point deadline);

 private:
  bool next_line(std::string& line);
  void end_line();
  void send(process_event event);
  void exit(process_event event);
  void note_cancel(const std::string& line);
  std::shared_ptr<std::atomic<bool>> begin_request(const std::string& id);

  const std::shared_ptr<const builtin_registration> registration_;
  const std::shared_ptr<std::atomic<std::uint64_t>> abandoned_;

  // Guards the queue and the flags below it; never held while planner code or a sink runs.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> lines_;
  std::size_t line_bytes_ = 0;
  std::vector<std::string> cancelled_ids_;  // the last few: `$/cancel` may come before its request was taken
  std::string current_id_;
  std::shared_ptr<std::atomic<bool>> current_cancelled_;
  bool killed_ = false;
  bool busy_ = false;
  bool counted_ = false;  // in `abandoned_`
  bool finished_ = false;

  // Keeps events in order and `exited` the last one. Recursive, so that a sink which calls `kill` does not lock itself
  // out.
  std::recursive_mutex delivery_mutex_;
  std::shared_ptr<const process_sink> sink_;  // none after `exited`
};

}  // namespace planguild
