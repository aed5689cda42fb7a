// A good cut of a large cycle, in bounded time. Owned by app/index; pure function, any thread.
// Files are put into an order from sources to sinks (Eades, Lin and Smyth); single files are then moved while that
// helps; of the edges that point backward, those that close no cycle are put back.
#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "app/index/cut_problem.hpp"
#include "app/index/index_limits.hpp"

namespace planguild {

namespace {

using weight = std::int64_t;

struct neighbour {
  std::uint32_t node;
  weight lines;
};

class greedy_cutter {
 public:
  explicit greedy_cutter(const cut_problem& problem)
      : problem_(problem), out_(problem.nodes), in_(problem.nodes), position_(problem.nodes) {
    for (const auto& edge : problem.edges) {
      auto lines = static_cast<weight>(edge.lines.size());
      out_[edge.from].push_back({edge.to, lines});
      in_[edge.to].push_back({edge.from, lines});
    }
  }

  edge_set run() {
    order_nodes();
    improve();
    return put_back(backward_edges());
  }

 private:
  // What the ordering still knows of each node: lines out of it and into it among the nodes not placed yet.
  struct ordering {
    std::vector<weight> out;
    std::vector<weight> in;
    std::vector<char> placed;
    // The best next source first: sinks and sources have their own keys.
    std::set<std::pair<weight, std::uint32_t>> by_preference;
  };

  // Sinks first (they go to the back), then sources, then the node with most lines out against lines in.
  static weight preference(const ordering& state, std::uint32_t node) {
    constexpr weight extreme = weight{1} << 60;
    if (state.out[node] == 0) {
      return -extreme;
    }
    return state.in[node] == 0 ? -extreme + 1 : state.in[node] - state.out[node];
  }

  void order_nodes() {
    ordering state{std::vector<weight>(problem_.nodes),
                   std::vector<weight>(problem_.nodes),
                   std::vector<char>(problem_.nodes),
                   {}};
    for (std::uint32_t node = 0; node < problem_.nodes; ++node) {
      for (auto next : out_[node]) {
        state.out[node] += next.lines;
        state.in[next.node] += next.lines;
      }
    }
    for (std::uint32_t node = 0; node < problem_.nodes; ++node) {
      state.by_preference.emplace(preference(state, node), node);
    }
    std::vector<std::uint32_t> front;
    std::vector<std::uint32_t> back;
    while (!state.by_preference.empty()) {
      auto node = state.by_preference.begin()->second;
      (state.out[node] == 0 ? back : front).push_back(node);
      place(state, node);
    }
    front.insert(front.end(), back.rbegin(), back.rend());
    order_ = std::move(front);
    for (std::size_t i = 0; i < order_.size(); ++i) {
      position_[order_[i]] = i;
    }
  }

  void place(ordering& state, std::uint32_t node) {
    state.by_preference.erase({preference(state, node), node});
    state.placed[node] = 1;
    for (auto next : out_[node]) {
      update(state, next.node, state.in, next.lines);
    }
    for (auto next : in_[node]) {
      update(state, next.node, state.out, next.lines);
    }
  }

  static void update(ordering& state, std::uint32_t node, std::vector<weight>& sums, weight lines) {
    if (state.placed[node] != 0) {
      return;
    }
    state.by_preference.erase({preference(state, node), node});
    sums[node] -= lines;
    state.by_preference.emplace(preference(state, node), node);
  }

  // Moves each node to its best place, as long as a round gains something and steps are left.
  void improve() {
    std::uint64_t steps = 0;
    for (bool gained = true; gained;) {
      gained = false;
      for (std::uint32_t node = 0; node < problem_.nodes; ++node) {
        steps += problem_.nodes;
        if (steps > index_limits::greedy_steps_max) {
          return;
        }
        gained = move_to_best(node) || gained;
      }
    }
  }

  bool move_to_best(std::uint32_t node) {
    // toward[p]: what passing the node at place p to the left costs; to the right it is the negative.
    std::vector<weight> toward(problem_.nodes, 0);
    for (auto next : in_[node]) {
      toward[position_[next.node]] += next.lines;
    }
    for (auto next : out_[node]) {
      toward[position_[next.node]] -= next.lines;
    }
    auto here = position_[node];
    auto best = here;
    weight least = 0;
    weight cost = 0;
    for (auto place = here; place-- > 0;) {
      cost += toward[place];
      if (cost < least) {
        least = cost;
        best = place;
      }
    }
    cost = 0;
    for (auto place = here + 1; place < problem_.nodes; ++place) {
      cost -= toward[place];
      if (cost < least) {
        least = cost;
        best = place;
      }
    }
    move(here, best);
    return least < 0;
  }

  void move(std::size_t from, std::size_t to) {
    auto at = [this](std::size_t place) { return order_.begin() + static_cast<std::ptrdiff_t>(place); };
    if (from < to) {
      std::rotate(at(from), at(from + 1), at(to + 1));
    } else {
      std::rotate(at(to), at(from), at(from + 1));
    }
    for (auto place = std::min(from, to); place <= std::max(from, to); ++place) {
      position_[order_[place]] = place;
    }
  }

  edge_set backward_edges() const {
    edge_set backward;
    for (std::size_t i = 0; i < problem_.edges.size(); ++i) {
      if (position_[problem_.edges[i].from] > position_[problem_.edges[i].to]) {
        backward.push_back(i);
      }
    }
    return backward;
  }

  // Keeps an edge if what is kept has no way from its end to its begin; the dearest edges get the first chance.
  edge_set put_back(edge_set removed) const {
    std::vector<std::vector<std::uint32_t>> kept(problem_.nodes);
    std::vector<char> is_removed(problem_.edges.size(), 0);
    for (auto i : removed) {
      is_removed[i] = 1;
    }
    for (std::size_t i = 0; i < problem_.edges.size(); ++i) {
      if (is_removed[i] == 0) {
        kept[problem_.edges[i].from].push_back(problem_.edges[i].to);
      }
    }
    std::stable_sort(removed.begin(), removed.end(), [this](std::size_t a, std::size_t b) {
      return problem_.edges[a].lines.size() > problem_.edges[b].lines.size();
    });
    std::uint64_t steps = 0;
    edge_set still_removed;
    for (auto i : removed) {
      const auto& edge = problem_.edges[i];
      if (steps > index_limits::greedy_steps_max || reaches(kept, edge.to, edge.from, steps)) {
        still_removed.push_back(i);
      } else {
        kept[edge.from].push_back(edge.to);
      }
    }
    std::sort(still_removed.begin(), still_removed.end());
    return still_removed;
  }

  static bool reaches(const std::vector<std::vector<std::uint32_t>>& kept, std::uint32_t from, std::uint32_t to,
                      std::uint64_t& steps) {
    std::vector<char> seen(kept.size(), 0);
    std::vector<std::uint32_t> open{from};
    seen[from] = 1;
    steps += kept.size() / 64;
    while (!open.empty()) {
      auto node = open.back();
      open.pop_back();
      if (node == to) {
        return true;
      }
      steps += kept[node].size() + 1;
      for (auto next : kept[node]) {
        if (seen[next] == 0) {
          seen[next] = 1;
          open.push_back(next);
        }
      }
    }
    return false;
  }

  const cut_problem& problem_;
  std::vector<std::vector<neighbour>> out_;
  std::vector<std::vector<neighbour>> in_;
  std::vector<std::uint32_t> order_;
  std::vector<std::size_t> position_;
};

}  // namespace

edge_set cut_greedily(const cut_problem& problem) {
  return greedy_cutter(problem).run();
}

}  // namespace planguild
