// A cycle as the cutting algorithms see it, and the two algorithms. Internal to app/index; plain values and pure
// functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace planguild {

/// One edge of the cycle: from node to node, with the import lines that make it up (positions among all lines of the
/// cycle, ascending).
struct cut_edge {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::vector<std::uint32_t> lines;
};

/// Nodes are numbered by path; lines are numbered by path, then line. Edges are sorted by `from`, then `to`; no edge
/// joins a node to itself.
struct cut_problem {
  std::size_t nodes = 0;
  std::size_t lines = 0;
  std::vector<cut_edge> edges;
};

/// Positions of the edges that a cut removes.
using edge_set = std::vector<std::size_t>;

/// The least cut; none if the problem is too large for it (`exact_cut_files_max`, `exact_cut_lines_max`).
std::optional<edge_set> cut_exactly(const cut_problem& problem);

/// A cut by the heuristic of Eades, Lin and Smyth, improved by moving single nodes and by putting back what closes no
/// cycle.
edge_set cut_greedily(const cut_problem& problem);

}  // namespace planguild
