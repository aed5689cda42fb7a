// The store: a queue for callers and the one thread that owns the database. See the header.
#include "app/host/system/store.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

#include "app/host/system/store_files.hpp"
#include "app/host/system/store_queue.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace {

std::chrono::steady_clock::time_point after_ms(std::int64_t wait_ms) {
  return std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
}

class null_store final : public durable_store {
 public:
  explicit null_store(std::string reason) : reason_(std::move(reason)) {}
  void load(std::function<void(outcome<store_contents>)> done) override { done(store_contents{}); }
  void save(store_update) override {}
  std::string memory_only() const override { return reason_; }
  bool flush(std::int64_t) override { return true; }

 private:
  const std::string reason_;
};

class sqlite_store final : public durable_store {
 public:
  sqlite_store(std::string directory, open_database database, std::shared_ptr<log_sink> log)
      : queue_(std::make_shared<store_queue>(std::move(directory), std::move(database), std::move(log))),
        thread_([queue = queue_] { queue->run(); }) {}
  sqlite_store(const sqlite_store&) = delete;
  sqlite_store& operator=(const sqlite_store&) = delete;

  ~sqlite_store() override {
    queue_->stop();
    // A disk that does not answer must not hold up the host: then the thread is left alone with what it shares.
    if (thread_.get_id() != std::this_thread::get_id() && queue_->wait_finished(after_ms(limits::store_commit_ms))) {
      thread_.join();
    } else {
      thread_.detach();
    }
    for (std::thread& guard : guards_) guard.join();  // bounded by limits::store_recall_ms
  }

  /// The store's thread answers, or a guard in its stead when the time is over: a disk may block that thread for
  /// longer.
  void load(std::function<void(outcome<store_contents>)> done) override {
    auto waiting = std::make_shared<recall>(std::move(done));
    try {
      const std::lock_guard lock(guards_mutex_);
      guards_.emplace_back([waiting] { waiting->expire(after_ms(limits::store_recall_ms)); });
    } catch (const std::system_error&) {
      return waiting->answer(make_failure(failure_code::internal, "The store has no thread to be recalled with."));
    }
    queue_->load(std::move(waiting));
  }

  void save(store_update update) override { queue_->save(std::move(update)); }
  std::string memory_only() const override { return queue_->memory_only(); }

  bool flush(std::int64_t deadline_ms) override {
    return queue_->flush(after_ms(std::clamp<std::int64_t>(deadline_ms, 0, limits::store_commit_ms)));
  }

 private:
  std::shared_ptr<store_queue> queue_;
  std::mutex guards_mutex_;  // guards the list below; a runtime loads once, so there are few
  std::vector<std::thread> guards_;
  std::thread thread_;
};

}  // namespace

std::shared_ptr<durable_store> make_null_store(std::string reason) {
  return std::make_shared<null_store>(std::move(reason));
}

outcome<std::shared_ptr<durable_store>> open_store(store_options options) {
  if (options.directory.empty() || options.directory.find('\0') != std::string::npos) {
    return make_failure(failure_code::invalid_configuration, "The state directory's name must not be empty.");
  }
  std::string reason = make_state_directory(options.directory);
  open_database opened;
  if (reason.empty()) {
    opened = open_or_replace(options.directory, options.log.get());
    if (!opened.database) reason = opened.reason;
  }
  if (reason.empty()) {
    try {
      return std::shared_ptr<durable_store>(
          std::make_shared<sqlite_store>(options.directory, std::move(opened), options.log));
    } catch (const std::system_error& problem) {
      reason = std::string("no thread for it could be started: ") + problem.what();
    }
  }
  if (options.log) {
    options.log->log(log_level::warning, "store", "Nothing is kept on disk: the store cannot be used.",
                     {{"directory", options.directory}, {"reason", reason}});
  }
  return make_null_store(std::move(reason));
}

}  // namespace planguild
