// A runtime on a real actor system with builtin planners that do what the objective says: "sleep N" (milliseconds),
// "wait for cancel", anything else plans at once. Owned by one test; waits are bounded.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/host/runtime.hpp"
#include "app/host/system/system.hpp"

namespace planguild::test {

struct obedient_counts {
  std::atomic<int> waiting{0};    // plans that wait to be cancelled
  std::atomic<int> cancelled{0};  // plans that were
  std::atomic<int> start_ms{0};   // how long a planner takes to be constructed
  std::atomic<int> planned{0};    // plans that were made

  void note(const std::string& objective) {
    const std::lock_guard lock{mutex_};
    ++times_[objective];
    ++planned;
  }
  /// How often each objective was planned.
  std::map<std::string, int> times() {
    const std::lock_guard lock{mutex_};
    return times_;
  }

 private:
  std::mutex mutex_;  // planners run on threads of their own
  std::map<std::string, int> times_;
};

class obedient_planner final : public builtin_planner {
 public:
  explicit obedient_planner(std::shared_ptr<obedient_counts> counts) : counts_(std::move(counts)) {
    std::this_thread::sleep_for(std::chrono::milliseconds{counts_->start_ms});
  }
  outcome<plan> generate_plan(const builtin_request& request) override {
    if (request.objective == "wait for cancel") {
      ++counts_->waiting;
      while (!request.cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds{1});
      ++counts_->cancelled;
      return make_failure(failure_code::planner_error, "given up");
    }
    if (request.objective.starts_with("sleep ")) {
      std::this_thread::sleep_for(std::chrono::milliseconds{std::stoi(request.objective.substr(6))});
    }
    counts_->note(request.objective);
    plan result;
    result.objective = request.objective;
    plan_task task;
    task.id = "one";
    task.title = "Do it";
    result.tasks.push_back(task);
    return result;
  }

 private:
  std::shared_ptr<obedient_counts> counts_;
};

class builtin_guild {
 public:
  /// All planners are admitted when it is made. Without a `store` nothing is kept.
  explicit builtin_guild(const std::vector<std::string>& names, config settings = {},
                         std::shared_ptr<planner_store> store = nullptr) {
    prepare(configuration_);
    system_ = std::make_unique<caf::actor_system>(configuration_);
    system_options outside;
    outside.least_level = log_level::critical;
    for (const auto& name : names) {
      builtin_registration builtin;
      builtin.manifest.name = name;
      builtin.manifest.version = "1.0.0";
      builtin.manifest.capabilities = {"obeying"};
      builtin.manifest.production_ready = true;
      builtin.make = [counts = counts_] { return std::make_unique<obedient_planner>(counts); };
      outside.builtins.push_back(std::move(builtin));
    }
    runtime_options options;
    options.config = std::move(settings);
    options.outside = make_system_environment(outside).outside;
    options.builtins = outside.builtins;
    if (store) options.outside.store = std::move(store);
    runtime_ = std::make_unique<planguild::runtime>(*system_, std::move(options));
    (void)runtime_->health({1, true, 20'000});
  }

  planguild::runtime& runtime() noexcept { return *runtime_; }
  obedient_counts& counts() noexcept { return *counts_; }
  bool wait_until_planning() const { return wait_for(counts_->waiting); }
  bool wait_until_cancelled() const { return wait_for(counts_->cancelled); }

 private:
  static bool wait_for(const std::atomic<int>& count) {
    for (int i = 0; i < 20'000 && count == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return count > 0;
  }

  std::shared_ptr<obedient_counts> counts_ = std::make_shared<obedient_counts>();
  caf::actor_system_config configuration_;
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<planguild::runtime> runtime_;
};

}  // namespace planguild::test
