// Tarjan's algorithm with an explicit stack, and counting. Owned by app/index; pure functions, any thread.
#include "app/index/import_graph.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace planguild {

namespace {

constexpr std::uint32_t unvisited = std::numeric_limits<std::uint32_t>::max();

// Run-time edges in compressed rows: those of file i are targets[starts[i] … starts[i + 1]).
struct adjacency {
  std::vector<std::size_t> starts;
  std::vector<file_id> targets;
};

adjacency make_adjacency(std::size_t files, const std::vector<import_edge>& edges) {
  adjacency rows;
  rows.starts.assign(files + 1, 0);
  for (const auto& edge : edges) {
    if (!edge.type_only) {
      ++rows.starts[edge.from + 1];
    }
  }
  for (std::size_t i = 0; i < files; ++i) {
    rows.starts[i + 1] += rows.starts[i];
  }
  rows.targets.resize(rows.starts[files]);
  auto next = rows.starts;
  for (const auto& edge : edges) {
    if (!edge.type_only) {
      rows.targets[next[edge.from]++] = edge.to;
    }
  }
  return rows;
}

class component_finder {
 public:
  explicit component_finder(const adjacency& rows)
      : rows_(rows),
        files_(rows.starts.size() - 1),
        number_(files_, unvisited),
        low_(files_, 0),
        on_stack_(files_, 0) {}

  std::vector<import_cycle> run() {
    for (std::size_t i = 0; i < files_; ++i) {
      if (number_[i] == unvisited) {
        explore(static_cast<file_id>(i));
      }
    }
    std::sort(cycles_.begin(), cycles_.end());
    return std::move(cycles_);
  }

 private:
  struct frame {
    file_id file;
    std::size_t next;
  };

  void open(file_id file) {
    number_[file] = low_[file] = counter_++;
    stack_.push_back(file);
    on_stack_[file] = 1;
    frames_.push_back({file, rows_.starts[file]});
  }

  void explore(file_id root) {
    open(root);
    while (!frames_.empty()) {
      auto& top = frames_.back();
      if (top.next < rows_.starts[top.file + 1]) {
        auto target = rows_.targets[top.next++];
        if (number_[target] == unvisited) {
          open(target);
        } else if (on_stack_[target] != 0) {
          low_[top.file] = std::min(low_[top.file], number_[target]);
        }
        continue;
      }
      auto file = top.file;
      frames_.pop_back();
      if (!frames_.empty()) {
        low_[frames_.back().file] = std::min(low_[frames_.back().file], low_[file]);
      }
      if (low_[file] == number_[file]) {
        close(file);
      }
    }
  }

  void close(file_id root) {
    import_cycle component;
    do {
      component.push_back(stack_.back());
      on_stack_[stack_.back()] = 0;
      stack_.pop_back();
    } while (component.back() != root);
    if (component.size() > 1 || imports_itself(root)) {
      std::sort(component.begin(), component.end());
      cycles_.push_back(std::move(component));
    }
  }

  bool imports_itself(file_id file) const {
    auto first = rows_.targets.begin() + static_cast<std::ptrdiff_t>(rows_.starts[file]);
    auto last = rows_.targets.begin() + static_cast<std::ptrdiff_t>(rows_.starts[file + 1]);
    return std::find(first, last, file) != last;
  }

  const adjacency& rows_;
  std::size_t files_;
  std::vector<std::uint32_t> number_;
  std::vector<std::uint32_t> low_;
  std::vector<char> on_stack_;
  std::vector<file_id> stack_;
  std::vector<frame> frames_;
  std::vector<import_cycle> cycles_;
  std::uint32_t counter_ = 0;
};

bool contains(const import_cycle& cycle, file_id file) {
  return std::binary_search(cycle.begin(), cycle.end(), file);
}

}  // namespace

std::vector<import_cycle> find_cycles(std::size_t files, const std::vector<import_edge>& edges) {
  auto rows = make_adjacency(files, edges);
  return component_finder(rows).run();
}

std::vector<file_id> shortest_circle(const import_cycle& cycle, const std::vector<import_edge>& edges,
                                     const import_edge& edge) {
  if (edge.from == edge.to) {
    return {edge.from};
  }
  // Breadth first from the edge's target back to its origin.
  std::unordered_map<file_id, file_id> reached_from{{edge.to, edge.to}};
  std::vector<file_id> queue{edge.to};
  for (std::size_t i = 0; i < queue.size() && !reached_from.contains(edge.from); ++i) {
    auto [first, last] = std::equal_range(edges.begin(), edges.end(), import_edge{queue[i], 0, 0, false, {}},
                                          [](const import_edge& a, const import_edge& b) { return a.from < b.from; });
    for (auto next = first; next != last; ++next) {
      if (!next->type_only && contains(cycle, next->to) && reached_from.emplace(next->to, queue[i]).second) {
        queue.push_back(next->to);
      }
    }
  }
  if (!reached_from.contains(edge.from)) {
    return {edge.from, edge.to};
  }
  std::vector<file_id> back;
  for (auto file = reached_from[edge.from]; file != edge.to; file = reached_from[file]) {
    back.push_back(file);
  }
  std::vector<file_id> circle{edge.from, edge.to};
  circle.insert(circle.end(), back.rbegin(), back.rend());
  return circle;
}

std::vector<layer_break> find_layer_breaks(const std::vector<source_file>& files,
                                           const std::vector<import_edge>& edges) {
  struct direction {
    std::vector<std::size_t> imports;
    std::set<std::pair<file_id, std::uint32_t>> lines;
  };
  std::map<std::pair<std::string_view, std::string_view>, direction> directions;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    auto from = top_folder(files[edges[i].from].path);
    auto to = top_folder(files[edges[i].to].path);
    if (!edges[i].type_only && !from.empty() && !to.empty() && from != to) {
      auto& found = directions[{from, to}];
      found.imports.push_back(i);
      found.lines.emplace(edges[i].from, edges[i].line);
    }
  }
  std::vector<layer_break> breaks;
  for (const auto& [folders, forward] : directions) {
    auto reverse = directions.find({folders.second, folders.first});
    if (folders.first > folders.second || reverse == directions.end()) {
      continue;
    }
    const auto& backward = reverse->second;
    bool forward_breaks = forward.lines.size() <= backward.lines.size();
    const auto& fewer = forward_breaks ? forward : backward;
    const auto& more = forward_breaks ? backward : forward;
    breaks.push_back({std::string(forward_breaks ? folders.first : folders.second),
                      std::string(forward_breaks ? folders.second : folders.first), fewer.imports, fewer.lines.size(),
                      more.lines.size()});
  }
  return breaks;
}

fan_counts count_fans(std::size_t files, const std::vector<import_edge>& edges) {
  fan_counts counts{std::vector<std::uint32_t>(files, 0), std::vector<std::uint32_t>(files, 0)};
  std::vector<std::pair<file_id, file_id>> pairs;
  pairs.reserve(edges.size());
  for (const auto& edge : edges) {
    if (edge.from != edge.to) {
      pairs.emplace_back(edge.from, edge.to);
    }
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  for (auto [from, to] : pairs) {
    ++counts.out[from];
    ++counts.in[to];
  }
  return counts;
}

}  // namespace planguild
