// What a runtime tells its subscribers by itself. Pure values, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/health.hpp"
#include "messages/planner.hpp"

namespace planguild {

enum class event_kind : std::uint8_t {
  alert,           // an alert began or ended
  instance_state,  // an instance entered another phase
  admission,       // a planner was admitted or quarantined
  snapshot,        // what ranking sees has changed; at most one each limits::snapshot_interval_ms
};
PLANGUILD_ENUM(event_kind, alert, instance_state, admission, snapshot);

/// Which events somebody wants to hear of.
struct event_filter {
  bool alerts = true;
  bool instance_states = true;
  bool admissions = true;
  bool snapshots = false;  // may come a hundred times a second

  bool accepts(event_kind kind) const noexcept {
    switch (kind) {
      case event_kind::alert:
        return alerts;
      case event_kind::instance_state:
        return instance_states;
      case event_kind::admission:
        return admissions;
      case event_kind::snapshot:
        return snapshots;
    }
    return false;
  }
  bool operator==(const event_filter&) const = default;
};
PLANGUILD_FIELDS(event_filter, alerts, instance_states, admissions, snapshots);

struct runtime_event {
  event_kind kind = event_kind::alert;
  std::uint64_t sequence = 0;  // of the runtime's events, from 1, whoever subscribed to them
  double ts = 0;               // wall clock, seconds
  std::string planner;         // empty for alerts
  std::optional<struct alert> alert;
  bool alert_active = false;  // false: the alert is over
  std::optional<instance_phase> phase;
  std::uint64_t generation = 0;
  std::optional<admission_state> admission;
  std::uint64_t snapshot_version = 0;
  std::string message;  // one sentence
  bool operator==(const runtime_event&) const = default;
};
PLANGUILD_FIELDS(runtime_event, kind, sequence, ts, planner, alert, alert_active, phase, generation, admission,
                 snapshot_version, message);

}  // namespace planguild
