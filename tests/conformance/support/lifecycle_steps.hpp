// The operations of lifecycle.json as messages to a real registry and profiler, and what came of each. Owned by one
// test; one thread.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/conformance/support/lifecycle_world.hpp"

namespace planguild::conformance {

/// What came of one step, in the data's words.
struct step_answer {
  nlohmann::json result;                // null where the step answers nothing
  std::set<std::string> raised;         // the data's kinds that the failure may have; empty: none failed
  std::vector<std::int64_t> processes;  // of the instances in `result`, in order
  std::int64_t took_ms = 0;
};

class lifecycle_steps {
 public:
  explicit lifecycle_steps(lifecycle_world& world) : world_(world), guild_(world.guild()) {}

  /// Runs a step of a case that is in scope.
  step_answer run(const nlohmann::json& step);
  /// What the data calls the state; asks only what looks and changes nothing.
  nlohmann::json state();

 private:
  template <class Reply, class Request>
  std::optional<Reply> ask(Request request);
  step_answer control(const std::string& operation, const nlohmann::json& arguments);
  step_answer choose(const std::string& operation, const nlohmann::json& arguments);
  step_answer look(const std::string& operation, const nlohmann::json& arguments);
  step_answer operate(const std::string& operation, const nlohmann::json& arguments);
  step_answer get_planner(const std::string& name, bool construct);
  step_answer get_all(const std::vector<std::string>& names, bool construct, bool skip_failures);
  step_answer diagnostics(bool verbose);
  step_answer profiles(sample_kind kind, std::int64_t limit);
  step_answer failed(const failure& reason);
  planner_list list(bool quarantined = true, bool errors = true);
  stats_report stats();
  void advance_clock(double seconds);
  void set_heal_on_empty(bool on);

  lifecycle_world& world_;
  test::guild_world& guild_;
  std::int64_t begun_ms_ = guild_.world.now_ms();
  std::int64_t data_elapsed_ms_ = 0;  // what has passed on the data's clock
};

}  // namespace planguild::conformance
