// Compares what the steps of one case of lifecycle.json gave with what the data expects. Owned by one test; one thread.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/conformance/support/lifecycle_steps.hpp"

namespace planguild::conformance {

class lifecycle_compare {
 public:
  /// `max_profiles`: of the case's configuration.
  explicit lifecycle_compare(std::int64_t max_profiles) : max_profiles_(max_profiles) {}

  /// Where `answer` and `state` differ from what `step` expects, one line each.
  std::vector<std::string> step(const nlohmann::json& step, const step_answer& answer, const nlohmann::json& state);

 private:
  void compare_result(const nlohmann::json& step, const step_answer& answer);
  void compare_instances(const nlohmann::json& expected, const step_answer& answer);
  void compare_slept(const nlohmann::json& step, const step_answer& answer);
  void compare_state(const nlohmann::json& expected, const nlohmann::json& state);
  void compare_fields(const std::string& where, const nlohmann::json& expected, const nlohmann::json& given);
  void compare_samples(const std::string& where, const nlohmann::json& expected, const nlohmann::json& given);
  void note_controls(const nlohmann::json& step);
  void differ(const std::string& where, const nlohmann::json& expected, const nlohmann::json& given);

  std::vector<std::string> differences_;
  std::map<std::int64_t, std::int64_t> processes_;  // the data's number of an instance to the process that it is here
  std::string signature_;
  nlohmann::json import_failures_;  // of the step before
  std::int64_t max_profiles_;
  bool samples_kept_longer_ = false;  // the data trims at the next refresh, this project at once
  bool start_failed_ = false;   // a record with an error is no candidate here, one whose constructor failed is there
  bool instances_end_ = false;  // here they end when idle for long or quarantined; the data has no such thing
};

}  // namespace planguild::conformance
