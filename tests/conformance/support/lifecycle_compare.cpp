// Compares what the steps of one case of lifecycle.json gave with what the data expects: see the header.
#include "tests/conformance/support/lifecycle_compare.hpp"

#include <algorithm>
#include <cmath>

#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild::conformance {
namespace {

using nlohmann::json;

// The data's steps take no time, here they take milliseconds in which weights decay.
constexpr double tolerance = 1e-3;
constexpr std::int64_t slack_ms = 20;

/// The data's value as this project tells it: failures and texts only by number or presence, nothing known as absent.
json comparable(const std::string& key, const json& value) {
  static const std::set<std::string> texts = {"error", "doc_excerpt", "suggestions"};
  if (key == "import_failures") return value.is_object() ? json(value.size()) : value;
  if (texts.contains(key)) return value.is_null() || value.empty() || value == "";
  if (key == "tier" && value == "experimental") return nullptr;  // the data's default, which weighs nothing
  if (key == "production_ready" && value.is_null()) return false;
  if (key == "hotspots" && value.is_string()) return std::stoll(value.get<std::string>());
  if (key == "records" || key == "active" || key == "quarantined" || key == "instantiated" || key == "registered" ||
      key == "live") {
    if (!value.is_array()) return value;
    auto sorted = value;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }
  if (key == "capabilities" || key == "tags" || key == "required_caps") {
    return text::capability_set(value.get<std::vector<std::string>>());
  }
  return value;
}

bool same(const json& one, const json& other) {
  if (one.is_number() && other.is_number()) return std::abs(one.get<double>() - other.get<double>()) <= tolerance;
  return one == other;
}

}  // namespace

void lifecycle_compare::differ(const std::string& where, const json& expected, const json& given) {
  differences_.push_back(where + ": expected " + expected.dump() + ", got " + given.dump());
}

std::vector<std::string> lifecycle_compare::step(const json& step, const step_answer& answer, const json& state) {
  differences_.clear();
  note_controls(step);
  compare_result(step, answer);
  compare_slept(step, answer);
  if (step["expect"].contains("state")) compare_state(step["expect"]["state"], state);
  signature_ = state["signature"].get<std::string>();
  return differences_;
}

void lifecycle_compare::note_controls(const json& step) {
  if (step["op"] == "get_planner") {
    start_failed_ = step["expect"].contains("raises") && step["expect"]["raises"]["kind"] == "constructor_failed";
  }
  if (step["op"] == "set_max_profiles") {
    const auto next = step["args"]["value"].get<std::int64_t>();
    samples_kept_longer_ = samples_kept_longer_ || next < max_profiles_;
    max_profiles_ = next;
  }
  if (step["op"] == "advance_clock") {
    const auto ms = step["args"]["seconds"].get<double>() * 1'000;
    instances_end_ = instances_end_ || ms + slack_ms >= static_cast<double>(limits::idle_retire_s * 1'000);
  }
  instances_end_ = instances_end_ || step["op"] == "set_quarantine";
}

void lifecycle_compare::compare_result(const json& step, const step_answer& answer) {
  const auto& expect = step["expect"];
  if (expect.contains("raises")) {
    auto kinds = step.value("also_accept", json::object()).value("raises.kind", std::vector<std::string>{});
    kinds.push_back(expect["raises"]["kind"].get<std::string>());
    const bool found =
        std::any_of(kinds.begin(), kinds.end(), [&](const auto& kind) { return answer.raised.contains(kind); });
    if (!found) differ("raises", kinds, answer.raised);
    return;
  }
  if (!answer.raised.empty()) {
    differ("raises", nullptr, answer.raised);
    return;
  }
  const auto expected = expect.value("result", json(nullptr));
  if (expected.is_null() || step["op"] == "diagnostics_report") return;  // the report's lines are this project's own
  if (step["op"] == "selection_profiles" || step["op"] == "instantiation_profiles") {
    compare_samples("result", expected, answer.result);
  } else if (!answer.processes.empty() || expected.is_object()) {
    compare_instances(expected, answer);
  } else if (expected != answer.result) {
    differ("result", expected, answer.result);
  }
}

/// Results with instances: equal numbers in the data are one process here, different ones are different processes.
void lifecycle_compare::compare_instances(const json& expected, const step_answer& answer) {
  const auto wanted = expected.is_array() ? expected : json::array({expected});
  const auto given = expected.is_array() ? answer.result : json::array({answer.result});
  if (wanted.size() != given.size()) {
    differ("result", expected, answer.result);
    return;
  }
  for (std::size_t row = 0; row < wanted.size(); ++row) {
    compare_fields("result", wanted[row], given[row]);
    if (!wanted[row].contains("instance") || instances_end_) continue;
    const auto number = wanted[row]["instance"].get<std::int64_t>();
    const auto [known, is_new] = processes_.try_emplace(number, answer.processes[row]);
    const auto twins = std::count_if(processes_.begin(), processes_.end(),
                                     [&](const auto& each) { return each.second == answer.processes[row]; });
    if (known->second != answer.processes[row] || twins != 1) differ("instance", number, answer.processes[row]);
  }
}

void lifecycle_compare::compare_fields(const std::string& where, const json& expected, const json& given) {
  for (const auto& [key, value] : expected.items()) {
    if (!given.contains(key)) continue;  // such as a class's name
    if (key == "instantiated_count" || key == "total_instantiations" || key == "instantiated") {
      if (instances_end_) continue;
    }
    if (start_failed_ && (key == "active" || key == "active_count")) continue;
    if (key == "records" && value.is_array() && !value.empty() && value[0].is_object()) {
      for (std::size_t row = 0; row < std::min(value.size(), given[key].size()); ++row) {
        compare_fields(where + ".records", value[row], given[key][row]);
      }
      continue;
    }
    const auto one = comparable(key, value);
    const auto other = comparable(key, given[key]);
    if (!same(one, other)) differ(where + "." + key, one, other);
  }
}

/// Samples: where the data keeps some that are trimmed here already, the newest must be equal.
void lifecycle_compare::compare_samples(const std::string& where, const json& expected, const json& given) {
  const bool right_size = samples_kept_longer_ ? given.size() <= expected.size() : given.size() == expected.size();
  if (!right_size) {
    differ(where + ".size", expected.size(), given.size());
    return;
  }
  const auto older = expected.size() - given.size();
  for (std::size_t row = 0; row < given.size(); ++row) compare_fields(where, expected[older + row], given[row]);
}

void lifecycle_compare::compare_slept(const json& step, const step_answer& answer) {
  if (step["op"] != "self_heal") return;
  auto accepted = step.value("also_accept", json::object()).value("slept", json::array());
  accepted.push_back(step["expect"].value("slept", json::array()));
  for (const auto& pauses : accepted) {
    double sum_s = 0;
    for (const auto& each : pauses) sum_s += each.get<double>();
    const auto over_ms = answer.took_ms - std::llround(sum_s * 1'000);
    if (over_ms >= 0 && over_ms <= slack_ms) return;
  }
  differ("slept", accepted, answer.took_ms);
}

void lifecycle_compare::compare_state(const json& expected, const json& state) {
  auto wanted = expected;
  for (const auto* key : {"selection_profiles", "instantiation_profiles"}) {
    if (!wanted.contains(key)) continue;
    const auto count = wanted[key].get<std::int64_t>();
    const auto ours = state[key].get<std::int64_t>();
    const auto most = std::min(count, std::max<std::int64_t>(max_profiles_, 0));
    if (samples_kept_longer_ ? ours > most : ours != most) differ(std::string{"state."} + key, most, ours);
    wanted.erase(key);
  }
  // The signature covers a planner's program here, too, and which one that is says a manifest only when it can be read.
  const auto failures = wanted.value("import_failures", import_failures_);
  const bool same_failures = import_failures_.is_null() || failures == import_failures_;
  import_failures_ = failures;
  if (same_failures && wanted.contains("signature_changed") &&
      wanted["signature_changed"] != (signature_ != state["signature"])) {
    differ("state.signature_changed", wanted["signature_changed"], state["signature"]);
  }
  compare_fields("state", wanted, state);
}

}  // namespace planguild::conformance
