// What is structurally wrong in a repository, before it becomes tasks: cycles with their cuts, layer breaks, oversized
// and much imported files. Owned by app/planners; plain values and pure functions, any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "app/index/cycle_cut.hpp"
#include "app/index/repository_index.hpp"

namespace planguild {

/// A source file that is no test is oversized above this many lines …
inline constexpr std::uint32_t oversized_lines_above = 400;
/// … unless more files than this are: then above what 95 % of the files stay within.
inline constexpr std::size_t oversized_files_expected = 40;
/// A file is much imported from this many importing files on …
inline constexpr std::uint32_t hub_fan_in_min = 10;
/// … if they are also at least this share of all files, in percent.
inline constexpr std::uint64_t hub_share_percent = 5;
/// Cycles whose cut is worked out; more are counted.
inline constexpr std::size_t cycles_cut_max = 200;

struct found_cycle {
  import_cycle files;
  cycle_cut cut;
};

struct structural_findings {
  std::vector<found_cycle> cycles;
  std::size_t cycles_not_cut = 0;
  std::vector<layer_break> layer_breaks;
  std::uint32_t size_threshold = oversized_lines_above;
  std::vector<file_id> oversized;  ///< By lines descending, then path.
  std::vector<file_id> hubs;       ///< By fan-in descending, then path; tested ones too.
};

/// Looks at all of it. With `cancelled` set it returns early with part of the findings.
structural_findings find_structural(const repository_index& index, const std::atomic<bool>& cancelled);

}  // namespace planguild
