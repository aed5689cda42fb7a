// Turns a cycle into a cut problem, solves it, and turns the answer back into import lines. Owned by app/index; pure
// functions, any thread.
#include "app/index/cycle_cut.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "app/index/cut_problem.hpp"

namespace planguild {

namespace {

using line_key = std::pair<file_id, std::uint32_t>;

// Positions of the run-time imports that join two files of the cycle, or one to itself.
std::vector<std::size_t> inner_imports(const import_cycle& cycle, const std::vector<import_edge>& edges) {
  std::vector<std::size_t> inner;
  for (auto file : cycle) {
    auto next = std::lower_bound(edges.begin(), edges.end(), file,
                                 [](const import_edge& edge, file_id id) { return edge.from < id; });
    for (; next != edges.end() && next->from == file; ++next) {
      if (!next->type_only && std::binary_search(cycle.begin(), cycle.end(), next->to)) {
        inner.push_back(static_cast<std::size_t>(next - edges.begin()));
      }
    }
  }
  return inner;
}

std::uint32_t node_of(const import_cycle& cycle, file_id file) {
  return static_cast<std::uint32_t>(std::lower_bound(cycle.begin(), cycle.end(), file) - cycle.begin());
}

using edge_lines = std::map<std::pair<std::uint32_t, std::uint32_t>, std::set<std::uint32_t>>;

}  // namespace

cycle_cut cheapest_cut(const import_cycle& cycle, const std::vector<import_edge>& edges) {
  auto inner = inner_imports(cycle, edges);
  // Lines on which a file imports itself go in any case; what else stands on them costs nothing more.
  std::set<line_key> removed;
  for (auto i : inner) {
    if (edges[i].from == edges[i].to) {
      removed.emplace(edges[i].from, edges[i].line);
    }
  }
  std::map<line_key, std::uint32_t> numbers;
  for (auto i : inner) {
    numbers.emplace(line_key{edges[i].from, edges[i].line}, 0);
  }
  std::vector<line_key> lines;
  for (auto& [key, number] : numbers) {
    number = static_cast<std::uint32_t>(lines.size());
    lines.push_back(key);
  }
  edge_lines joined;
  for (auto i : inner) {
    line_key key{edges[i].from, edges[i].line};
    if (edges[i].from != edges[i].to) {
      auto& standing = joined[{node_of(cycle, edges[i].from), node_of(cycle, edges[i].to)}];
      if (!removed.contains(key)) {
        standing.insert(numbers[key]);
      }
    }
  }
  cut_problem problem{cycle.size(), lines.size(), {}};
  for (const auto& [nodes, standing] : joined) {
    // An edge without a line left is gone already.
    if (!standing.empty()) {
      problem.edges.push_back({nodes.first, nodes.second, {standing.begin(), standing.end()}});
    }
  }
  auto exact = cut_exactly(problem);
  cycle_cut cut;
  cut.exact = exact.has_value();
  for (auto position : exact ? *exact : cut_greedily(problem)) {
    for (auto line : problem.edges[position].lines) {
      removed.insert(lines[line]);
    }
  }
  for (auto i : inner) {
    if (removed.contains({edges[i].from, edges[i].line})) {
      cut.imports.push_back(i);
    }
  }
  cut.lines = removed.size();
  return cut;
}

}  // namespace planguild
