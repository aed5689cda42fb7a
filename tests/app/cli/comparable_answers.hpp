// What two runtimes have to answer alike, of answers as JSON. Test support; any thread.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace planguild::test {

/// What is history: it differs between two runs of one command, or between a runtime that has done something before and
/// one that has not. Everything else of an answer has to be the same.
inline constexpr std::array history = {
    // times, processes, memory
    "duration_s", "duration_ms", "mean_duration_ms", "ts", "uptime_s", "process", "resident_bytes",
    // counters of what was done
    "runs", "selections", "invocations", "starts", "total_instantiations", "starts_joined", "instantiated",
    "archived_failures_count", "constructions", "snapshot_version", "generation", "instances_draining", "unchanged",
    // what became of it: the mean score, whether a self-test ran in this process, samples, archives of reloads
    "mean_reliability", "self_test_passed", "profile", "archives",
    // what held its last process in, if it had one in this runtime
    "posture", "sandbox"};

inline nlohmann::json comparable(nlohmann::json value) {
  if (value.is_object()) {
    for (const auto* key : history) value.erase(key);
    // Of a record the instance's state; of a plan, an object, who made it.
    if (value.contains("instance") && value["instance"].is_string()) value.erase("instance");
    // Of a reliability, everything that invocations have changed.
    if (value.contains("last_error")) value = "reliability";
  }
  if (value.is_object() || value.is_array()) {
    for (auto& each : value) each = comparable(each);
  }
  return value;
}

inline std::vector<std::string> keys_of(const nlohmann::json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

}  // namespace planguild::test
