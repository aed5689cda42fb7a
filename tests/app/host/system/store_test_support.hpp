// Support for the store's tests: folders that go away, a log that collects, recalls that are waited for with a bound.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "app/host/system/store.hpp"
#include "app/host/system/store_database.hpp"
#include "messages/limits.hpp"

namespace planguild::test {

/// A state directory, not made yet, below a folder of its own that is removed with all that is in it.
class state_folder {
 public:
  state_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "planguild-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) FAIL("no folder for the test");
    base_ = name;
    std::filesystem::permissions(base_, std::filesystem::perms(0755));
  }
  state_folder(const state_folder&) = delete;
  state_folder& operator=(const state_folder&) = delete;
  ~state_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(base_, ignored);
  }
  std::string path() const { return base_ + "/some/state"; }

 private:
  std::string base_;
};

class collecting_log final : public log_sink {
 public:
  void log(log_level, std::string_view, std::string_view message,
           const std::vector<std::pair<std::string, std::string>>&) override {
    const std::lock_guard lock(mutex_);
    messages_.emplace_back(message);
  }
  void set_least_level(log_level) override {}
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return messages_.size();
  }
  bool mentions(const std::string& text) {
    const std::lock_guard lock(mutex_);
    return std::any_of(messages_.begin(), messages_.end(),
                       [&](const std::string& message) { return message.find(text) != std::string::npos; });
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> messages_;
};

class recall_collector {
 public:
  std::function<void(outcome<store_contents>)> callback() {
    return [shared = shared_](outcome<store_contents> answer) {
      const std::lock_guard lock(shared->mutex);
      shared->answers.push_back(std::move(answer));
      shared->changed.notify_all();
    };
  }
  bool wait(std::size_t count) {
    std::unique_lock lock(shared_->mutex);
    return shared_->changed.wait_for(lock, std::chrono::seconds(60), [&] { return shared_->answers.size() >= count; });
  }
  std::size_t count() {
    const std::lock_guard lock(shared_->mutex);
    return shared_->answers.size();
  }
  outcome<store_contents> first() {
    const std::lock_guard lock(shared_->mutex);
    return shared_->answers.at(0);
  }

 private:
  struct shared_state {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<outcome<store_contents>> answers;
  };
  std::shared_ptr<shared_state> shared_ = std::make_shared<shared_state>();
};

/// The store in `directory`; never throws, so that threads and forked children may call it.
inline std::shared_ptr<durable_store> opened(const std::string& directory, std::shared_ptr<log_sink> log = nullptr) {
  return open_store({directory, std::move(log)}).value.value_or(nullptr);
}

/// Whether everything is on the disk, given as long as a loaded machine may need; `flush` itself waits two seconds at
/// most.
inline bool committed(durable_store& store) {
  for (int attempt = 0; attempt < 60; ++attempt) {
    if (store.flush(limits::store_commit_ms)) return true;
  }
  return false;
}

/// What the store knows; fails the test if it does not say. On a loaded machine a recall may be over its time: again
/// then.
inline store_contents recalled(planner_store& store) {
  for (int attempt = 0; attempt < 60; ++attempt) {
    recall_collector answers;
    store.load(answers.callback());
    REQUIRE(answers.wait(1));
    const auto answer = answers.first();
    if (answer) return *answer;
    if (answer.error->code != failure_code::deadline_exceeded) FAIL(answer.error->message);
  }
  FAIL("the store is never recalled in time");
  return {};
}

/// What is in the file of the store in `directory`, read without a host's bound: for tests that fill it, which under
/// sanitizers take longer to read than a host waits.
inline store_contents written(const std::string& directory) {
  constexpr std::int64_t patience_ms = 60'000;
  const auto file = store_database::open(directory + "/planguild.db");
  REQUIRE(file.database != nullptr);
  store_contents contents;
  REQUIRE_FALSE(file.database->read(contents, patience_ms).has_value());
  return contents;
}

/// From PLANGUILD_SEED, or a new one.
inline std::uint64_t test_seed() {
  if (const char* given = std::getenv("PLANGUILD_SEED"); given != nullptr) return std::strtoull(given, nullptr, 10);
  return std::random_device{}();
}

}  // namespace planguild::test
