// What the store's callers and its thread share: updates that wait for the disk, recalls that wait for an answer. All
// members are for any thread but `run`, which is the thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/host/system/store_files.hpp"
#include "messages/environment.hpp"
#include "messages/failure.hpp"

namespace planguild {

/// One `load` on its way; answered once, by whoever is first.
class recall {
 public:
  using callback = std::function<void(outcome<store_contents>)>;
  explicit recall(callback done) : done_(std::move(done)) {}
  void answer(outcome<store_contents> contents);
  /// Answers with `deadline_exceeded` at `deadline` unless something else did before.
  void expire(std::chrono::steady_clock::time_point deadline);
  bool answered();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  callback done_;  // none once it was called
};

class store_queue {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  store_queue(std::string directory, open_database database, std::shared_ptr<log_sink> log);

  void load(std::shared_ptr<recall> waiting);
  void save(store_update update);
  std::string memory_only() const;
  /// Waits until all that is queued is committed; false if that failed or `deadline` came first.
  bool flush(time_point deadline);
  /// Commits once more what is queued, then ends `run`.
  void stop();
  bool wait_finished(time_point deadline);

  /// Owns the database until `stop`.
  void run();

 private:
  struct work {
    std::vector<std::shared_ptr<recall>> recalls;
    std::vector<store_update> updates;
    bool last = false;
  };
  work next_work();
  bool is_idle() const;  // nothing waits; under the lock
  void answer(recall& waiting);
  void commit(std::vector<store_update> updates);
  void keep_for_later(std::vector<store_update> updates, const std::string& reason);
  void give_up(const std::string& reason);
  bool repair(const std::string& reason);
  void say(log_level level, std::string_view message, const std::string& reason);
  void finish(bool committed);

  const std::string directory_;
  const std::shared_ptr<log_sink> log_;
  // Of the thread:
  open_database database_;  // none: memory only
  bool said_ = false;       // that the store cannot be written; once until it can

  // Guards everything below; held for moments, never while the disk or a callback is waited for.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<store_update> updates_;
  // Apart from the updates they came with, the newest so many: of more the database would keep no more, and while it
  // cannot be written they must not push out what is dearer.
  samples samples_;
  std::vector<std::shared_ptr<recall>> recalls_;
  std::string memory_only_;
  std::uint64_t dropped_ = 0;
  bool writing_ = false;
  bool failing_ = false;  // the last commit failed: tried again after `retry_`, or when somebody waits for it
  bool urgent_ = false;
  bool stopping_ = false;
  bool finished_ = false;
  time_point retry_;
};

}  // namespace planguild
