// The immutable view that ranking works on: what selection sees of every record, and the part of the configuration that
// it uses. Made by the registry, never changed afterwards, so any thread may read it. Local: it never crosses a process
// boundary, and is the one thing that actors share by pointer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/planner.hpp"

namespace planguild {

/// What decides among planners of equal total and equal reliability.
enum class tie_break : std::uint8_t {
  name,          // ascending, bytewise
  newest,        // modification time of the entry file, later first, then name
  least_recent,  // fewer of the last selections, then name
};
PLANGUILD_ENUM(tie_break, name, newest, least_recent);

struct ranking_config {
  double min_reliability = 0.25;
  double default_reliability = 0.1;
  double deep_index_cap_boost = 0.05;
  double hotspot_cap_boost = 0.03;
  std::int64_t hotspot_threshold = 8;
  enum tie_break tie_break = tie_break::name;
  bool operator==(const ranking_config&) const = default;
};

struct snapshot_row {
  std::string name;
  std::vector<std::string> capabilities;  // a normalised set, sorted
  std::string tier;                       // as given
  bool production_ready = false;
  admission_state admission = admission_state::pending;
  std::string error;                  // not empty: no candidate
  std::optional<double> reliability;  // none: ranking_config::default_reliability
  std::int64_t entry_time_ns = 0;
  std::int64_t selections = 0;  // among the last limits::selections_remembered

  /// Whether it may be a candidate at all: admitted and without error.
  bool is_active() const noexcept { return admission == admission_state::admitted && error.empty(); }
  bool operator==(const snapshot_row&) const = default;
};

struct snapshot {
  std::uint64_t version = 0;
  std::int64_t made_at_ms = 0;  // monotonic; how old the reliabilities are
  ranking_config config;
  std::vector<snapshot_row> rows;  // by name
};

using snapshot_ptr = std::shared_ptr<const snapshot>;

}  // namespace planguild
