// Ranking against the contract's numbers and against a naive second implementation.
#include "actors/registry/ranking.hpp"

#include <bit>
#include <catch2/catch.hpp>

#include "actors/registry/score.hpp"
#include "messages/limits.hpp"
#include "tests/actors/registry/random_registry.hpp"

using namespace planguild;
using planguild::test::naive_ranking;
using planguild::test::random_registry;

namespace {

snapshot_row planner(std::string name, std::vector<std::string> capabilities, double reliability, std::string tier = "",
                     bool production_ready = false) {
  snapshot_row row;
  row.name = std::move(name);
  row.capabilities = std::move(capabilities);
  row.reliability = reliability;
  row.tier = std::move(tier);
  row.production_ready = production_ready;
  row.admission = admission_state::admitted;
  return row;
}

snapshot view_of(std::vector<snapshot_row> rows) {
  snapshot view;
  view.version = 7;
  view.rows = std::move(rows);
  return view;
}

select_request requiring(std::vector<std::string> capabilities) {
  select_request request;
  request.required_capabilities = std::move(capabilities);
  return request;
}

std::vector<std::string> order(const snapshot& view, const select_request& request) {
  return batch(view, request, 1'000)->names;
}

}  // namespace

TEST_CASE("The terms of a score add up as the contract says") {
  const auto view = view_of({planner("aaa", {"deep_index", "risk", "x"}, 0.5, "Stable", true)});
  auto request = requiring({"x", "y"});
  request.context = {true, 9};
  const auto answer = select(view, request);
  REQUIRE(answer);
  CHECK(answer->best == "aaa");
  CHECK(answer->snapshot_version == 7);
  CHECK(answer->candidates_considered == 1);
  REQUIRE(answer->breakdown.size() == 1);
  const auto& terms = answer->breakdown[0];
  CHECK(terms.capability_ratio == 0.5);
  CHECK(terms.capability_term == 0.5 * 0.6);
  CHECK(terms.reliability == 0.5);
  CHECK(terms.reliability_term == 0.5 * 0.35);
  CHECK(terms.production_term == 0.04);
  CHECK(terms.tier_term == 0.05);
  CHECK(terms.deep_boost == 0.05);
  CHECK(terms.hotspot_boost == 0.03);
  CHECK(base_score(terms) == 0.5 * 0.6 + 0.5 * 0.35 + 0.04 + 0.05);
  CHECK(terms.total == base_score(terms) + (0.05 + 0.03));
  CHECK(answer->score == terms.total);
  CHECK(terms.tier == "Stable");
}

TEST_CASE("The preference for production costs reliability only where something is required") {
  const auto view = view_of({planner("aaa", {"x"}, 0.8)});
  CHECK(select(view, requiring({}))->breakdown[0].reliability == 0.8);
  CHECK(select(view, requiring({"x"}))->breakdown[0].reliability == 0.8 * 0.97);
  auto request = requiring({"x"});
  request.prefer_production = false;
  CHECK(select(view, request)->breakdown[0].reliability == 0.8);
  // The floor is applied before, the tie-break too.
  auto strict = view;
  strict.config.min_reliability = 0.8;
  CHECK(select(strict, requiring({"x"})));
  CHECK(select(view, requiring({"x"}))->breakdown[0].own_reliability == 0.8);
}

TEST_CASE("Tiers weigh in any case but untrimmed") {
  CHECK(scoring::tier_term("ALPHA") == -0.05);
  CHECK(scoring::tier_term("beta") == 0.0);
  CHECK(scoring::tier_term("sTable") == 0.05);
  CHECK(scoring::tier_term("gold") == 0.07);
  CHECK(scoring::tier_term("VIP") == 0.08);
  CHECK(scoring::tier_term("") == 0.0);
  CHECK(scoring::tier_term(" gold") == 0.0);
  CHECK(scoring::tier_term("golden") == 0.0);
}

TEST_CASE("Equal totals are decided by own reliability, zero being a value like any other") {
  auto view = view_of({planner("aaa", {}, 0.0), planner("bbb", {}, 0.02), planner("ccc", {}, 0.1)});
  view.config.min_reliability = 0;
  // A boost for everybody hides the difference of 0.35 * reliability below the last bit.
  view.config.hotspot_cap_boost = 1e300;
  auto request = requiring({});
  request.context.hotspots = 100;
  for (std::size_t index = 0; index < view.rows.size(); ++index) {
    view.rows.edit(index).capabilities = {"risk"};
  }
  CHECK(order(view, request) == std::vector<std::string>{"ccc", "bbb", "aaa"});
}

TEST_CASE("What is left of a tie is decided by the configured rule, in the end by name") {
  auto view =
      view_of({planner("a-b", {}, 0.5), planner("a0b", {}, 0.5), planner("a_b", {}, 0.5), planner("aab", {}, 0.5)});
  view.rows.edit(1).entry_time_ns = 5;
  view.rows.edit(2).entry_time_ns = 5;
  view.rows.edit(0).selections = 2;
  view.rows.edit(1).selections = 1;
  CHECK(order(view, requiring({})) == std::vector<std::string>{"a-b", "a0b", "a_b", "aab"});
  view.config.tie_break = tie_break::newest;
  CHECK(order(view, requiring({})) == std::vector<std::string>{"a0b", "a_b", "a-b", "aab"});
  view.config.tie_break = tie_break::least_recent;
  CHECK(order(view, requiring({})) == std::vector<std::string>{"a_b", "aab", "a0b", "a-b"});
}

TEST_CASE("Without a context nothing is boosted, with one even 0 hotspots are above a negative threshold") {
  auto view = view_of({planner("aaa", {"risk"}, 0.5)});
  view.config.hotspot_threshold = -1;
  auto request = requiring({});
  CHECK(select(view, request)->breakdown[0].hotspot_boost == 0);
  request.context.given = true;
  CHECK(select(view, request)->breakdown[0].hotspot_boost == 0.03);
}

TEST_CASE("A batch of nobody is an empty list, not a failure") {
  const auto view = view_of({planner("aaa", {}, 0.5), planner("bbb", {}, 0.6)});
  CHECK(batch(view, requiring({}), 0)->names.empty());
  CHECK(batch(view, requiring({}), -3)->names.empty());
  CHECK(batch(view_of({}), requiring({}), 5)->names.empty());
  CHECK(batch(view, requiring({}), 1)->names == std::vector<std::string>{"bbb"});
}

TEST_CASE("Nobody active and nobody above the floor are different failures that say what to do") {
  const auto empty = select(view_of({}), requiring({}));
  REQUIRE_FALSE(empty);
  CHECK(empty.error->code == failure_code::no_active_planner);
  CHECK_THAT(empty.error->message, Catch::Contains("FACTORY_PLANNER_PATH"));

  auto view = view_of({planner("aaa", {}, 0.5), planner("bbb", {}, 0.5), planner("ccc", {}, 0.5)});
  view.rows.edit(0).admission = admission_state::pending;
  view.rows.edit(1).admission = admission_state::quarantined;
  view.rows.edit(2).error = "exited at once";
  const auto inactive = select(view, requiring({}));
  REQUIRE_FALSE(inactive);
  CHECK(inactive.error->code == failure_code::no_active_planner);
  CHECK_THAT(inactive.error->message, Catch::Contains("1 pending, 1 quarantined, 1 with an error"));

  const auto low = select(view_of({planner("aaa", {}, 0.2134), planner("bbb", {}, 0.1)}), requiring({}));
  REQUIRE_FALSE(low);
  CHECK(low.error->code == failure_code::no_candidate);
  CHECK_THAT(low.error->message, Catch::Contains("set FACTORY_MIN_RELIABILITY to 0.21 or less"));
}

TEST_CASE("A request over a bound is refused by select and batch alike, naming the bound") {
  const auto view = view_of({planner("aaa", {}, 0.5)});
  select_request long_objective;
  long_objective.objective.assign(limits::objective_bytes_max + 1, 'x');
  select_request greedy;
  greedy.required_capabilities.assign(limits::required_capabilities_max + 1, "x");
  for (const auto& request : {long_objective, greedy}) {
    const auto answer = select(view, request);
    REQUIRE_FALSE(answer);
    CHECK(answer.error->code == failure_code::limit_exceeded);
    CHECK_THAT(answer.error->message, Catch::Contains("_max"));
    CHECK(batch(view, request, 1).error->code == failure_code::limit_exceeded);
  }
}

TEST_CASE("Ranking gives the answer of a naive implementation that sorts everything") {
  const auto seed = test::random_seed("ranking");
  random_registry random(seed);
  std::size_t ties = 0;
  for (int round = 0; round < 20'000; ++round) {
    const auto view = random.some_snapshot(24);
    const auto request = random.some_request();
    const auto expected = naive_ranking(view, request);
    for (std::size_t index = 1; index < expected.size(); ++index) {
      ties += expected[index - 1].total == expected[index].total ? 1 : 0;
    }
    INFO("PLANGUILD_SEED=" << seed << ", round " << round);
    const auto answer = select(view, request);
    REQUIRE(answer.value.has_value() == !expected.empty());
    const auto count = static_cast<std::int64_t>(random.below(26)) - 1;
    const auto names = batch(view, request, count);
    REQUIRE(names->names.size() ==
            std::min(expected.size(), static_cast<std::size_t>(std::max<std::int64_t>(count, 0))));
    for (std::size_t index = 0; index < names->names.size(); ++index) {
      REQUIRE(names->names[index] == expected[index].name);
    }
    if (expected.empty()) {
      continue;
    }
    REQUIRE(answer->best == expected[0].name);
    REQUIRE(answer->candidates_considered == expected.size());
    REQUIRE(answer->breakdown.size() == std::min<std::size_t>(expected.size(), request.top));
    for (std::size_t index = 0; index < answer->breakdown.size(); ++index) {
      REQUIRE(answer->breakdown[index].name == expected[index].name);
      REQUIRE(std::bit_cast<std::uint64_t>(answer->breakdown[index].total) ==
              std::bit_cast<std::uint64_t>(expected[index].total));
    }
  }
  // Otherwise the cases would not test what decides ties.
  CHECK(ties > 10'000);
}
