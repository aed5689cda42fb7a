// The rest of the outside of a simulated runtime: clock, chance, store, watcher, log, and a witness of every decision.
// Owned by one run; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "messages/environment.hpp"
#include "tests/simulation/chance.hpp"
#include "tests/simulation/event_queue.hpp"
#include "tests/simulation/ledger.hpp"

namespace planguild::simulation {

/// The run's own time: it begins at the same moment in every run, whatever ran before in the same program.
class run_clock final : public clock_source {
 public:
  explicit run_clock(std::function<std::int64_t()> now_ms) : now_ms_(std::move(now_ms)) {}
  std::int64_t monotonic_ms() const override { return now_ms_(); }
  /// No two readings are the same: a construction that takes no time at all would not be counted as one.
  std::int64_t monotonic_ns() const override { return now_ms_() * 1'000'000 + ++readings_ % 1'000'000; }
  std::int64_t wall_ms() const override { return 1'700'000'000'000 + now_ms_(); }

 private:
  std::function<std::int64_t()> now_ms_;
  mutable std::int64_t readings_ = 0;
};

class run_random final : public random_source {
 public:
  explicit run_random(std::uint64_t seed) : dice_(~seed) {}
  std::uint64_t next() override { return dice_.next(); }

 private:
  chance dice_;
};

class silent_log final : public log_sink {
 public:
  explicit silent_log(ledger& book) : book_(book) {}
  void log(log_level level, std::string_view component, std::string_view message,
           const std::vector<std::pair<std::string, std::string>>& fields) override;
  void set_least_level(log_level) override {}

 private:
  ledger& book_;
};

/// Answers load() when the run says so: with what it was given, or not at all well. `judged` sees every verdict that is
/// to be kept.
class slow_store final : public planner_store {
 public:
  explicit slow_store(std::function<void(const admission_verdict&)> judged) : judged_(std::move(judged)) {}
  void load(std::function<void(outcome<store_contents>)> done) override;
  void save(store_update update) override;
  bool flush(std::int64_t) override { return true; }
  /// Calls back who waits for load(), or will.
  void recall(outcome<store_contents> contents);

 private:
  std::function<void(outcome<store_contents>)> done_;
  std::optional<outcome<store_contents>> early_;  // recalled before anybody has asked
  std::function<void(const admission_verdict&)> judged_;
};

class told_watcher final : public directory_watcher {
 public:
  std::size_t watch(const std::vector<std::string>&, std::function<void()> changed) override {
    changed_ = std::move(changed);
    return 0;
  }
  /// Something under the roots has changed.
  void notice() const {
    if (changed_) {
      changed_();
    }
  }
  /// Nobody listens any more.
  void forget() { changed_ = nullptr; }

 private:
  std::function<void()> changed_;
};

/// Every decision is taken again from the same view, and one version is one view.
class decision_witness final : public decision_sink {
 public:
  explicit decision_witness(ledger& book) : book_(book) {}
  void decided(const snapshot_ptr& view, const select_request& request, const outcome<selection>& chosen) override;

 private:
  ledger& book_;
  snapshot_ptr last_;
};

}  // namespace planguild::simulation
