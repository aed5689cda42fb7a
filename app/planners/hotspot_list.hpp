// Hotspots as they come in a deep context, read leniently: a context may be written by hand. Internal to app/planners;
// pure functions.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace planguild {

struct hotspot {
  std::string file;
  std::uint64_t lines = 0;
  std::uint64_t changes = 0;
  std::uint64_t fan_in = 0;
  bool tested = false;

  std::uint64_t heat() const { return lines * changes; }
};

struct hotspot_list {
  std::vector<hotspot> hotspots;  ///< By changes × lines descending, then path; each file once.
  std::uint64_t ignored = 0;      ///< Entries without a usable path, or repeated.
  std::uint64_t stated = 0;       ///< `hotspots_count`: how many there are, which may be more than are listed.
  std::uint64_t files = 0;        ///< From `deep_index_summary`; 0 where it says nothing.
  std::uint64_t lines = 0;
  std::uint64_t cycles = 0;
  bool truncated = false;
};

/// Reads `context`, which may be anything. Numbers that are missing, negative or no integers count as 0; at most
/// `hotspots_max` entries.
hotspot_list read_hotspots(const nlohmann::json& context);

}  // namespace planguild
