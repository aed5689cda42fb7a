// The planners of a stress and the outside that they run in: builtins of every temper, and command planners as real
// child processes, behind a process runner that counts live instances and can kill a child at any moment. Owned by the
// stress's main thread; the runner and `kill_one` may be used from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "app/host/system/system.hpp"
#include "benchmarks/stress_invariants.hpp"

namespace planguild::bench {

/// Passes everything on, and tells `watch` of every instance.
class watched_runner final : public process_runner {
 public:
  /// `watch` must outlive the runner.
  watched_runner(std::shared_ptr<process_runner> next, instance_watch& watch);
  ~watched_runner() override;

  std::uint64_t start(process_command command, process_sink sink) override;
  void send_line(std::uint64_t id, std::string line) override;
  void kill(std::uint64_t id) override;

  /// Kills one of the children that live now, as `kill -9` would; false if there is none.
  bool kill_one(std::mt19937_64& random);

 private:
  struct session;
  struct table;
  std::shared_ptr<session> find(std::uint64_t id);

  std::shared_ptr<table> table_;  // shared with the sinks
  std::shared_ptr<process_runner> next_;
};

/// A folder with manifests and programs of command planners; gone with this object.
class planner_folder {
 public:
  planner_folder();
  ~planner_folder();
  planner_folder(const planner_folder&) = delete;
  planner_folder& operator=(const planner_folder&) = delete;

  std::string path() const { return path_.string(); }
  const std::vector<std::string>& planners() const noexcept { return planners_; }

 private:
  std::filesystem::path path_;
  std::vector<std::string> planners_;
};

/// Once `unruly`, some builtins refuse to be constructed now and then; before, all pass their probe.
std::vector<builtin_registration> stress_builtins(std::uint64_t seed, const std::shared_ptr<std::atomic<bool>>& unruly);

/// What this process holds of the system.
struct holdings {
  std::uint64_t descriptors = 0;
  std::uint64_t threads = 0;
  std::uint64_t processes = 0;  // children of this process, and whoever works in `folder`
};
holdings count_holdings(const std::string& folder);

}  // namespace planguild::bench
