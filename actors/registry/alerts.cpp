// One thread at a time.
#include "actors/registry/alerts.hpp"

#include <algorithm>
#include <numeric>

#include "messages/text.hpp"

namespace planguild {

void alert_rules::note_import_failures(std::uint64_t count) {
  if (discovered_) {
    import_failures_before_ = import_failures_;
  }
  discovered_ = true;
  import_failures_ = count;
}

void alert_rules::note_instantiation(double duration_s) {
  durations_s_.push_back(duration_s);
  if (durations_s_.size() > durations_kept) {
    durations_s_.pop_front();
  }
}

std::vector<alert> alert_rules::current(const config& settings) const {
  std::vector<alert> result;
  const auto failures = static_cast<double>(import_failures_);
  if (failures > static_cast<double>(settings.alert_import_failures)) {
    const auto allowed = static_cast<double>(settings.alert_import_failures);
    result.push_back({alert_kind::import_failures, failures, allowed,
                      std::to_string(import_failures_) + " manifests or roots could not be imported; more than " +
                          std::to_string(settings.alert_import_failures) +
                          " is alarming. `planguild discover` names them."});
  }
  if (!durations_s_.empty()) {
    const double mean_s =
        std::accumulate(durations_s_.begin(), durations_s_.end(), 0.0) / static_cast<double>(durations_s_.size());
    if (mean_s > settings.alert_instantiation_s) {
      result.push_back({alert_kind::slow_instantiation, mean_s, settings.alert_instantiation_s,
                        "The last " + std::to_string(durations_s_.size()) + " constructions took " +
                            text::shortest(text::rounded(mean_s, 3)) + " s on average; more than " +
                            text::shortest(settings.alert_instantiation_s) + " s is alarming."});
    }
  }
  if (import_failures_before_ && import_failures_ > *import_failures_before_) {
    result.push_back({alert_kind::import_failures_grown, failures, static_cast<double>(*import_failures_before_),
                      "Import failures grew from " + std::to_string(*import_failures_before_) + " to " +
                          std::to_string(import_failures_) + " with the last discovery."});
  }
  return result;
}

std::vector<alert_rules::change> alert_rules::changes(const config& settings) {
  const auto now = current(settings);
  const auto has = [](const std::vector<alert>& list, alert_kind kind) {
    return std::any_of(list.begin(), list.end(), [kind](const auto& each) { return each.kind == kind; });
  };
  std::vector<change> result;
  for (const auto& each : now) {
    if (!has(told_, each.kind)) {
      result.push_back({each, true});
    }
  }
  for (const auto& each : told_) {
    if (!has(now, each.kind)) {
      result.push_back({each, false});
    }
  }
  told_ = now;
  return result;
}

}  // namespace planguild
