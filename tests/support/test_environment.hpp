// The outside world of actor tests: test clock, counted random numbers, scripted processes, files in memory, a log and
// a store that only remember. Owned by one test; one thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "messages/environment.hpp"
#include "tests/support/memory_files.hpp"
#include "tests/support/scripted_processes.hpp"
#include "tests/support/test_system.hpp"

namespace planguild::test {

class memory_log final : public log_sink {
 public:
  void log(log_level level, std::string_view component, std::string_view message,
           const std::vector<std::pair<std::string, std::string>>& fields) override;
  void set_least_level(log_level least) override { least_level = least; }
  log_level least_level = log_level::debug;
  /// Lines at or above `level` that contain `text`.
  std::size_t count(log_level level, std::string_view text) const;

 private:
  std::vector<std::pair<log_level, std::string>> lines_;
};

/// Remembers updates; `contents` is what load answers. With `silent` set load never answers by itself.
class memory_store final : public planner_store {
 public:
  void load(std::function<void(outcome<store_contents>)> done) override;
  void save(store_update update) override;
  bool flush(std::int64_t) override { return true; }
  std::string memory_only() const override { return why_nothing_is_kept; }

  std::string why_nothing_is_kept;
  store_contents contents;
  std::vector<store_update> updates;
};

struct test_environment {
  explicit test_environment(test_system& world);

  /// A command planner's manifest as a file below `root`, and the same planner as discovery would find it.
  found_planner add_planner(const std::string& name, const std::string& manifest_extra = "");

  std::shared_ptr<memory_files> files;
  std::shared_ptr<scripted_processes> processes;
  std::shared_ptr<memory_log> log;
  std::shared_ptr<memory_store> store;
  environment outside;
  std::string root = "/planners";
};

/// A command planner without a file, for tests that need no discovery.
found_planner make_planner(const std::string& name, bool self_test = true);

}  // namespace planguild::test
