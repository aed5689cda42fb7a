// Cycles and cheapest cuts: hand-made ones, and random small graphs against brute force over import lines.
#include "app/index/cycle_cut.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>
#include <random>
#include <set>

#include "app/index/cut_problem.hpp"
#include "tests/app/index/temp_tree.hpp"

namespace planguild {

namespace {

import_edge edge(file_id from, file_id to, std::uint32_t line, bool type_only = false) {
  return {from, to, line, type_only, {}};
}

void sort_edges(std::vector<import_edge>& edges) {
  std::sort(edges.begin(), edges.end(), [](const import_edge& a, const import_edge& b) {
    return std::tie(a.from, a.line, a.to) < std::tie(b.from, b.line, b.to);
  });
}

using lines = std::set<std::pair<file_id, std::uint32_t>>;

std::vector<import_edge> without(const std::vector<import_edge>& edges, const lines& removed) {
  std::vector<import_edge> kept;
  std::copy_if(edges.begin(), edges.end(), std::back_inserter(kept), [&](const import_edge& e) {
    return !removed.contains({e.from, e.line});
  });
  return kept;
}

lines lines_of(const std::vector<import_edge>& edges, const cycle_cut& cut) {
  lines found;
  for (auto i : cut.imports) {
    found.emplace(edges[i].from, edges[i].line);
  }
  return found;
}

// The fewest lines of `edges` whose removal leaves no cycle among `files` files, by trying all subsets; at most 20
// lines.
std::size_t fewest_lines(std::size_t files, const std::vector<import_edge>& edges) {
  lines all;
  for (const auto& e : edges) {
    all.emplace(e.from, e.line);
  }
  std::vector<std::pair<file_id, std::uint32_t>> numbered(all.begin(), all.end());
  std::size_t best = numbered.size();
  for (std::size_t subset = 0; subset < std::size_t{1} << numbered.size(); ++subset) {
    auto size = static_cast<std::size_t>(__builtin_popcountll(subset));
    if (size >= best) {
      continue;
    }
    lines removed;
    for (std::size_t i = 0; i < numbered.size(); ++i) {
      if ((subset >> i & 1U) != 0) {
        removed.insert(numbered[i]);
      }
    }
    if (find_cycles(files, without(edges, removed)).empty()) {
      best = size;
    }
  }
  return best;
}

}  // namespace

TEST_CASE("Cycles are the components with a circle, each once, in order") {
  std::vector<import_edge> edges{edge(0, 1, 1), edge(1, 2, 1), edge(2, 1, 1), edge(3, 3, 1),
                                 edge(4, 5, 1), edge(5, 6, 1), edge(6, 4, 1)};
  CHECK(find_cycles(7, edges) == std::vector<import_cycle>{{1, 2}, {3}, {4, 5, 6}});
  CHECK(find_cycles(7, {}).empty());
  CHECK(find_cycles(0, {}).empty());
}

TEST_CASE("Imports of types close no cycle") {
  CHECK(find_cycles(2, {edge(0, 1, 1), edge(1, 0, 1, true)}).empty());
}

TEST_CASE("A chain of a million files is walked without recursion") {
  std::vector<import_edge> edges;
  for (file_id i = 0; i < 1'000'000; ++i) {
    edges.push_back(edge(i, i + 1, 1));
  }
  CHECK(find_cycles(1'000'001, edges).empty());
  edges.push_back(edge(1'000'000, 0, 1));
  auto cycles = find_cycles(1'000'001, edges);
  REQUIRE(cycles.size() == 1);
  CHECK(cycles.front().size() == 1'000'001);
}

TEST_CASE("Two import lines weigh two, so the single line is cut") {
  std::vector<import_edge> edges{edge(0, 1, 1), edge(0, 1, 2), edge(1, 0, 7)};
  auto cut = cheapest_cut({0, 1}, edges);
  CHECK(cut.exact);
  CHECK(cut.lines == 1);
  CHECK(cut.imports == std::vector<std::size_t>{2});
}

TEST_CASE("One line that closes two cycles is cut once") {
  // 0 imports 1 and 2 on one line; both import 0.
  std::vector<import_edge> edges{edge(0, 1, 4), edge(0, 2, 4), edge(1, 0, 1), edge(2, 0, 1)};
  auto cut = cheapest_cut({0, 1, 2}, edges);
  CHECK(cut.lines == 1);
  CHECK(cut.imports == std::vector<std::size_t>{0, 1});
}

TEST_CASE("Of equal cuts the one with the earliest line by path wins") {
  std::vector<import_edge> edges{edge(0, 1, 9), edge(1, 2, 1), edge(2, 0, 1)};
  CHECK(cheapest_cut({0, 1, 2}, edges).imports == std::vector<std::size_t>{0});
}

TEST_CASE("A file that imports itself loses that line, and other circles are cut besides") {
  std::vector<import_edge> edges{edge(0, 0, 1), edge(0, 1, 2), edge(0, 1, 3), edge(1, 0, 1)};
  auto cut = cheapest_cut({0, 1}, edges);
  CHECK(cut.lines == 2);
  CHECK(cut.imports == std::vector<std::size_t>{0, 3});
  CHECK(cheapest_cut({3}, {edge(3, 3, 5)}).lines == 1);
}

TEST_CASE("The exact cut is as small as brute force finds, and leaves no cycle") {
  std::mt19937 random(test::random_seed());
  int cyclic = 0;
  for (int round = 0; round < 400; ++round) {
    auto files = static_cast<std::uint32_t>(2 + random() % 5);
    std::vector<import_edge> edges;
    std::set<std::tuple<file_id, file_id, std::uint32_t>> known;
    for (auto i = 2 + random() % 11; i > 0; --i) {
      file_id from = static_cast<file_id>(random() % files);
      file_id to = static_cast<file_id>(random() % files);
      auto line = static_cast<std::uint32_t>(1 + random() % 4);
      if (known.emplace(from, to, line).second) {
        edges.push_back(edge(from, to, line));
      }
    }
    sort_edges(edges);
    std::size_t cost = 0;
    lines removed;
    for (const auto& cycle : find_cycles(files, edges)) {
      auto cut = cheapest_cut(cycle, edges);
      REQUIRE(cut.exact);
      auto found = lines_of(edges, cut);
      REQUIRE(found.size() == cut.lines);
      removed.insert(found.begin(), found.end());
      cost += cut.lines;
      ++cyclic;
    }
    CAPTURE(round);
    CHECK(find_cycles(files, without(edges, removed)).empty());
    CHECK(cost == fewest_lines(files, edges));
  }
  CHECK(cyclic > 100);
}

TEST_CASE("The greedy cut of a large cycle is valid, says that it is not exact, and is repeatable") {
  std::mt19937 random(test::random_seed());
  for (int round = 0; round < 10; ++round) {
    auto files = static_cast<std::uint32_t>(40 + random() % 200);
    std::vector<import_edge> edges;
    for (file_id i = 0; i < files; ++i) {
      edges.push_back(edge(i, (i + 1) % files, 1));
      edges.push_back(edge(i, static_cast<file_id>(random() % files), 2));
    }
    sort_edges(edges);
    auto cycles = find_cycles(files, edges);
    REQUIRE(cycles.size() == 1);
    auto cut = cheapest_cut(cycles.front(), edges);
    CHECK_FALSE(cut.exact);
    CHECK(cut.imports == cheapest_cut(cycles.front(), edges).imports);
    CHECK(find_cycles(files, without(edges, lines_of(edges, cut))).empty());
    CHECK(cut.lines < files);
  }
}

TEST_CASE("The greedy cut is close to the least where both can be had") {
  std::mt19937 random(test::random_seed());
  std::size_t greedy_total = 0;
  std::size_t exact_total = 0;
  for (int round = 0; round < 100; ++round) {
    cut_problem problem{10, 0, {}};
    std::set<std::pair<std::uint32_t, std::uint32_t>> joined;
    for (int i = 0; i < 30; ++i) {
      auto from = static_cast<std::uint32_t>(random() % 10);
      auto to = static_cast<std::uint32_t>(random() % 10);
      if (from != to) {
        joined.emplace(from, to);
      }
    }
    for (auto [from, to] : joined) {
      problem.edges.push_back({from, to, {static_cast<std::uint32_t>(problem.lines++)}});
    }
    auto exact = cut_exactly(problem);
    REQUIRE(exact);
    greedy_total += cut_greedily(problem).size();
    exact_total += exact->size();
  }
  std::cout << "greedy " << greedy_total << " lines, exact " << exact_total << '\n';
  CHECK(greedy_total >= exact_total);
  CHECK(greedy_total * 100 <= exact_total * 125);
}

TEST_CASE("The shortest circle through an import begins with it") {
  std::vector<import_edge> edges{edge(0, 1, 1), edge(1, 2, 1), edge(1, 3, 2), edge(2, 0, 1), edge(3, 2, 1)};
  CHECK(shortest_circle({0, 1, 2, 3}, edges, edges[0]) == std::vector<file_id>{0, 1, 2});
  CHECK(shortest_circle({0, 1, 2, 3}, edges, edges[4]) == std::vector<file_id>{3, 2, 0, 1});
}

TEST_CASE("A layer break is the direction with fewer import lines, by name if equal") {
  std::vector<source_file> files{{"core/a.h", language::c},
                                 {"core/b.h", language::c},
                                 {"ui/x.h", language::c},
                                 {"ui/y.h", language::c},
                                 {"z.h", language::c}};
  std::vector<import_edge> edges{edge(0, 2, 3), edge(0, 3, 3), edge(2, 0, 1),
                                 edge(3, 1, 1), edge(4, 0, 1), edge(0, 4, 5)};
  sort_edges(edges);
  auto breaks = find_layer_breaks(files, edges);
  REQUIRE(breaks.size() == 1);
  CHECK(breaks[0].from == "core");
  CHECK(breaks[0].lines == 1);
  CHECK(breaks[0].breaks.size() == 2);
  CHECK(breaks[0].opposite_lines == 2);
  auto equal = find_layer_breaks(files, {edge(0, 2, 1), edge(2, 0, 1)});
  REQUIRE(equal.size() == 1);
  CHECK(equal[0].from == "core");
  CHECK(find_layer_breaks(files, {edge(0, 2, 1, true), edge(2, 0, 1)}).empty());
}

}  // namespace planguild
