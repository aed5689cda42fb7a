// The cheapest cut of an import cycle: the fewest import lines whose removal leaves no cycle. Owned by app/index; pure
// functions, any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "app/index/import_graph.hpp"

namespace planguild {

/// Which imports to remove. An import line counts once however many files it imports, and two files that are joined by
/// two import lines stay joined until both are gone.
struct cycle_cut {
  std::vector<std::size_t> imports;  ///< Positions in `edges` of the imports to remove, by file and line.
  std::size_t lines = 0;             ///< Distinct import lines among them: what the cut costs.
  bool exact = true;                 ///< No cut has fewer lines. Else the cut is good but perhaps not the least.
};

/// Cuts `cycle` (one of `find_cycles`). `edges` must be sorted by `from`, then `line`. Exact up to
/// `exact_cut_files_max` files, which covers every cycle of at most 12 edges; larger cycles get a greedy cut. Among
/// cuts of equal cost, the one with the earliest line by path wins (exact), so the same tree always gives the same cut.
/// Time: milliseconds when exact, else bounded by `greedy_steps_max`.
cycle_cut cheapest_cut(const import_cycle& cycle, const std::vector<import_edge>& edges);

}  // namespace planguild
