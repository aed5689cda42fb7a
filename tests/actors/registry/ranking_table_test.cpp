// The columns against a naive implementation that scores everybody with sets of texts and sorts everything.
#include "actors/registry/ranking_table.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "actors/registry/ranking.hpp"
#include "tests/actors/registry/random_registry.hpp"

using namespace planguild;
using planguild::test::naive_ranking;
using planguild::test::naive_score;
using planguild::test::random_registry;

namespace {

/// How many random cases: PLANGUILD_RANKING_CASES, or 100,000.
std::size_t cases() {
  const char* given = std::getenv("PLANGUILD_RANKING_CASES");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 100'000;
}

/// Planners of which whole groups score alike, as in a catalogue that is new: the same few reliabilities and tiers.
snapshot catalogue(random_registry& random, std::size_t planners) {
  std::vector<snapshot_row> rows(planners);
  for (std::size_t index = 0; index < planners; ++index) {
    auto& row = rows[index];
    row.name = "planner_" + std::to_string(1'000'000 + index);
    row.capabilities = random.some_capabilities(8);
    row.tier = random.one_of<std::string>({"beta", "stable", "gold"});
    row.production_ready = random.chance(30);
    row.admission = admission_state::admitted;
    row.reliability = random.chance(80) ? 0.5 : random.some_reliability();
  }
  snapshot view;
  view.rows = std::move(rows);
  return view;
}

bool agrees(const ranking_table& table, const std::vector<naive_score>& expected, const select_request& request,
            std::size_t count) {
  const auto compiled = table.compile(*prepare(request));
  if (table.candidates() != expected.size()) {
    return false;
  }
  if (!expected.empty() && table.view().rows[table.best(compiled).row].name != expected[0].name) {
    return false;
  }
  const auto best = table.best(compiled, count);
  if (best.size() != std::min(count, expected.size())) {
    return false;
  }
  for (std::size_t index = 0; index < best.size(); ++index) {
    if (table.view().rows[best[index].row].name != expected[index].name ||
        std::bit_cast<std::uint64_t>(best[index].total) != std::bit_cast<std::uint64_t>(expected[index].total)) {
      return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("A sorted table and an unsorted one rank as the naive implementation does, to the last bit") {
  const auto seed = test::random_seed("ranking_table");
  random_registry random(seed);
  std::size_t ties = 0;
  for (std::size_t round = 0; round < cases(); ++round) {
    if (round == cases() / 2) {
      random.widen_vocabulary(200);  // more than fit into three words of bits
    }
    const auto view = random.some_snapshot(12);
    const ranking_table sorted{view};
    const ranking_table unsorted{view, ranking_table::order::as_is};
    const auto request = random.some_request();
    const auto expected = naive_ranking(view, request);
    for (std::size_t index = 1; index < expected.size(); ++index) {
      ties += expected[index - 1].total == expected[index].total ? 1 : 0;
    }
    const auto count = random.below(14);
    INFO("PLANGUILD_SEED=" << seed << ", round " << round);
    REQUIRE(agrees(sorted, expected, request, count));
    REQUIRE(agrees(unsorted, expected, request, count));
  }
  CHECK(ties > cases() / 4);  // otherwise the cases would not test what decides ties
}

TEST_CASE("In a large catalogue full of ties stopping early changes nothing") {
  const auto seed = test::random_seed("ranking_table_large");
  random_registry random(seed);
  random.widen_vocabulary(500);
  for (int round = 0; round < 4; ++round) {
    const auto view = catalogue(random, 2'000);
    const ranking_table table{view};
    for (int asked = 0; asked < 10; ++asked) {
      auto request = random.some_request();
      if (asked % 2 == 0) {  // what somebody offers in full
        request.required_capabilities = view.rows[random.below(view.rows.size())].capabilities;
      }
      INFO("PLANGUILD_SEED=" << seed << ", round " << round << ", request " << asked);
      REQUIRE(agrees(table, naive_ranking(view, request), request, 1 + random.below(100)));
    }
  }
}

TEST_CASE("A table without candidates has no best ones") {
  const snapshot empty;
  const ranking_table table{empty};
  CHECK(table.candidates() == 0);
  CHECK(table.best(table.compile({}), 5).empty());
}
