// The least cut, by dynamic programming over sets of files. Owned by app/index; pure function, any thread.
//
// Without cycles the files can be put into an order in which every import points forward. So a cut is an order of the
// files plus the lines that point backward in it. A line belongs to one file, so what a file adds depends only on which
// files stand before it: cost(S) = min over v in S of cost(S - v) + lines of v into (S - v).
#include <algorithm>
#include <array>
#include <bit>

#include "app/index/cut_problem.hpp"
#include "app/index/index_limits.hpp"

namespace planguild {

namespace {

constexpr std::size_t words = index_limits::exact_cut_lines_max / 64;

// A set of lines. Line 0 is the highest bit, so that of two sets of equal size the one with the earlier line is the
// greater.
struct line_set {
  std::array<std::uint64_t, words> bits{};

  void add(std::uint32_t line) { bits[line / 64] |= std::uint64_t{1} << (63 - line % 64); }
  void add(const line_set& other) {
    for (std::size_t i = 0; i < words; ++i) {
      bits[i] |= other.bits[i];
    }
  }
  int size() const {
    int count = 0;
    for (auto word : bits) {
      count += std::popcount(word);
    }
    return count;
  }
};

struct partial_cut {
  int size = -1;  // -1: not reached yet
  line_set lines;
  std::uint32_t last = 0;

  bool is_worse_than(int other_size, const line_set& other) const {
    return size < 0 || other_size < size || (other_size == size && other.bits > lines.bits);
  }
};

using edge_table = std::vector<std::vector<const cut_edge*>>;

line_set lines_into(const std::vector<const cut_edge*>& outgoing, std::size_t set) {
  line_set lines;
  for (const auto* edge : outgoing) {
    if ((set >> edge->to & 1U) != 0) {
      for (auto line : edge->lines) {
        lines.add(line);
      }
    }
  }
  return lines;
}

}  // namespace

std::optional<edge_set> cut_exactly(const cut_problem& problem) {
  if (problem.nodes > index_limits::exact_cut_files_max || problem.lines > index_limits::exact_cut_lines_max) {
    return std::nullopt;
  }
  edge_table outgoing(problem.nodes);
  for (const auto& edge : problem.edges) {
    outgoing[edge.from].push_back(&edge);
  }
  std::vector<partial_cut> best(std::size_t{1} << problem.nodes);
  best[0].size = 0;
  for (std::size_t set = 0; set + 1 < best.size(); ++set) {
    for (std::uint32_t node = 0; node < problem.nodes; ++node) {
      if ((set >> node & 1U) != 0) {
        continue;
      }
      auto lines = lines_into(outgoing[node], set);
      auto size = best[set].size + lines.size();
      lines.add(best[set].lines);
      auto& larger = best[set | std::size_t{1} << node];
      if (larger.is_worse_than(size, lines)) {
        larger = {size, lines, node};
      }
    }
  }
  std::vector<std::size_t> position(problem.nodes);
  auto set = best.size() - 1;
  for (auto place = problem.nodes; place-- > 0;) {
    position[best[set].last] = place;
    set &= ~(std::size_t{1} << best[set].last);
  }
  edge_set removed;
  for (std::size_t i = 0; i < problem.edges.size(); ++i) {
    if (position[problem.edges[i].from] > position[problem.edges[i].to]) {
      removed.push_back(i);
    }
  }
  return removed;
}

}  // namespace planguild
