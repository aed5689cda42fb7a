// What is said about a selection, and that what would flip it does.
#include "actors/registry/explanation.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "actors/registry/flip.hpp"
#include "actors/registry/ranking.hpp"
#include "tests/actors/registry/random_registry.hpp"

using namespace planguild;
using planguild::test::naive_ranking;
using planguild::test::random_registry;

namespace {

/// The two shipped planners, as in the documentation.
snapshot shipped() {
  snapshot view;
  snapshot_row structural;
  structural.name = "structural_planner";
  structural.capabilities = {"deep_index", "refactor", "structural"};
  structural.tier = "stable";
  structural.production_ready = true;
  structural.admission = admission_state::admitted;
  structural.reliability = 0.5;
  snapshot_row risk;
  risk.name = "risk_planner";
  risk.capabilities = {"risk", "tests"};
  risk.tier = "beta";
  risk.production_ready = true;
  risk.admission = admission_state::admitted;
  risk.reliability = 0.5;
  view.rows = std::vector{risk, structural};
  return view;
}

select_request explained() {
  select_request request;
  request.context = {true, 11};
  request.explain = true;
  return request;
}

bool wins(const snapshot& view, const select_request& request, const std::string& name) {
  const auto ranking = naive_ranking(view, request);
  return !ranking.empty() && ranking.front().name == name;
}

snapshot_row& row_of(snapshot& view, const std::string& name) {
  const auto at =
      std::find_if(view.rows.begin(), view.rows.end(), [&name](const auto& row) { return row.name == name; });
  return view.rows.edit(static_cast<std::size_t>(at - view.rows.begin()));
}

std::vector<std::string> with(std::vector<std::string> set, const std::string& capability) {
  std::set<std::string> grown(set.begin(), set.end());
  grown.insert(capability);
  return {grown.begin(), grown.end()};
}

/// Applies a suggestion to copies and says whether the planner wins then.
bool flip_works(snapshot view, select_request request, const flip_suggestion& flip) {
  auto& row = row_of(view, flip.planner);
  switch (flip.kind) {
    case flip_kind::require_more:
      request.required_capabilities.push_back(flip.value);
      break;
    case flip_kind::require_fewer:
      std::erase_if(request.required_capabilities,
                    [&flip](const auto& name) { return text::normalised(name) == flip.value; });
      break;
    case flip_kind::prefer_production:
      request.prefer_production = flip.value == "true";
      break;
    case flip_kind::reliability:
      row.reliability = std::stod(flip.value);
      break;
    case flip_kind::tier:
      row.tier = flip.value;
      break;
    case flip_kind::production_ready:
      row.production_ready = flip.value == "true";
      break;
    case flip_kind::offer_capability:
      row.capabilities = with(row.capabilities, flip.value);
      break;
  }
  return wins(view, request, flip.planner);
}

/// Tries every value of one kind, naively.
bool any_flip_works(const snapshot& view, const select_request& request, const std::string& name, flip_kind kind) {
  std::vector<std::string> values;
  switch (kind) {
    case flip_kind::require_more:
      for (const auto& row : view.rows) {
        values.insert(values.end(), row.capabilities.begin(), row.capabilities.end());
      }
      break;
    case flip_kind::require_fewer:
      values = text::capability_set(request.required_capabilities);
      break;
    case flip_kind::prefer_production:
      values = {request.prefer_production ? "false" : "true"};
      break;
    case flip_kind::reliability:
      values = {"1.0000"};
      break;
    case flip_kind::tier:
      values = {"alpha", "beta", "stable", "gold", "vip"};
      break;
    case flip_kind::production_ready:
      values = {"true"};
      break;
    case flip_kind::offer_capability:
      values = random_registry::capabilities();
      break;
  }
  return std::any_of(values.begin(), values.end(), [&](const auto& value) {
    return flip_works(view, request, {name, kind, value, "", ""});
  });
}

}  // namespace

TEST_CASE("The loser is told the totals and what the winner was ahead by") {
  const auto answer = select(shipped(), explained());
  REQUIRE(answer);
  REQUIRE(answer->explanations.size() == 2);
  CHECK(answer->explanations[0].fate == selection_fate::chosen);
  CHECK(answer->explanations[0].reason == "first of 2 candidates with 0.945");
  CHECK(answer->explanations[1].name == "risk_planner");
  CHECK(answer->explanations[1].fate == selection_fate::lost);
  CHECK(answer->explanations[1].reason ==
        "0.845 against 0.945: tier beta adds 0.000, stable adds 0.050; no deep index boost");
}

TEST_CASE("The runner-up is told which requirement would have chosen it") {
  const auto answer = select(shipped(), explained());
  REQUIRE(answer->flip);
  CHECK(answer->flip->planner == "risk_planner");
  CHECK(answer->flip->kind == flip_kind::require_more);
  CHECK(answer->flip->value == "risk");
  CHECK(answer->flip->command == "--require risk");
  CHECK(answer->flip->reason == "structural_planner does not offer \"risk\"");
}

TEST_CASE("A flip is looked for on behalf of the named planner, and an unknown name is a failure") {
  auto request = explained();
  request.flip_planner = " Structural_Planner ";
  auto answer = select(shipped(), request);
  REQUIRE(answer);
  CHECK_FALSE(answer->flip);  // it has won already
  request.flip_planner = "nobody";
  answer = select(shipped(), request);
  REQUIRE_FALSE(answer);
  CHECK(answer.error->code == failure_code::not_found);
  CHECK(answer.error->where == "flip_planner");
}

TEST_CASE("Who is no candidate is told why, in the order of names after the candidates") {
  auto view = shipped();
  std::vector<snapshot_row> rows(view.rows.begin(), view.rows.end());
  for (const auto* name : {"aaa_pending", "bbb_quarantined", "ccc_error", "ddd_low", "eee_unknown"}) {
    snapshot_row row;
    row.name = name;
    row.admission = admission_state::admitted;
    row.reliability = 0.5;
    rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  view.rows = std::move(rows);
  row_of(view, "aaa_pending").admission = admission_state::pending;
  row_of(view, "bbb_quarantined").admission = admission_state::quarantined;
  row_of(view, "ccc_error").error = "exited with 3";
  row_of(view, "ddd_low").reliability = 0.2134;
  row_of(view, "eee_unknown").reliability.reset();
  const auto answer = select(view, explained());
  REQUIRE(answer);
  REQUIRE(answer->explanations.size() == 7);
  const auto& fates = answer->explanations;
  CHECK(fates[2].fate == selection_fate::pending);
  CHECK_FALSE(fates[2].terms);
  CHECK(fates[3].fate == selection_fate::quarantined);
  CHECK_THAT(fates[3].reason, Catch::Contains("planguild describe bbb_quarantined"));
  CHECK(fates[4].fate == selection_fate::has_error);
  CHECK_THAT(fates[4].reason, Catch::Contains("exited with 3"));
  CHECK(fates[5].fate == selection_fate::below_floor);
  CHECK(fates[5].reason == "reliability 0.2134 is below the floor 0.25 (FACTORY_MIN_RELIABILITY)");
  CHECK(fates[5].terms);
  CHECK(fates[6].reason == "no reliability yet, and the default 0.1 is below the floor 0.25 (FACTORY_MIN_RELIABILITY)");
  CHECK(answer->breakdown.size() == 2);
}

TEST_CASE("Below the floor the flip is the reliability, to four decimals") {
  auto view = shipped();
  row_of(view, "risk_planner").reliability = 0.1;
  const auto prepared = prepare(explained());
  const auto flip = smallest_flip(view, *prepared, "risk_planner");
  REQUIRE(flip);
  CHECK(flip->kind == flip_kind::reliability);
  CHECK(flip->command.empty());
  // 0.6 + r*0.35 + 0.04 + 0 + 0.03 must reach 0.945: r = 0.7857142…
  CHECK(flip->value == "0.7858");
}

TEST_CASE("Where nothing else helps, tier, production-readiness or an offer is what flips") {
  // Two planners that differ in one thing; without it the loser would win by its name.
  snapshot_row loser;
  loser.name = "aaa";
  loser.tier = "vip";
  loser.production_ready = true;
  loser.admission = admission_state::admitted;
  loser.reliability = 1;
  auto winner = loser;
  winner.name = "bbb";
  select_request request;
  request.context = {true, 0};
  const auto flip_of = [&request](const snapshot_row& aaa, const snapshot_row& bbb) {
    snapshot view;
    view.rows = std::vector{aaa, bbb};
    const auto flip = smallest_flip(view, *prepare(request), "aaa");
    REQUIRE(flip);
    CHECK(flip->command.empty());
    CHECK(flip_works(view, request, *flip));
    return std::pair{flip->kind, flip->value};
  };
  auto lower_tier = loser;
  lower_tier.tier = "Gold";
  CHECK(flip_of(lower_tier, winner) == std::pair{flip_kind::tier, std::string{"vip"}});
  auto not_ready = loser;
  not_ready.production_ready = false;
  CHECK(flip_of(not_ready, winner) == std::pair{flip_kind::production_ready, std::string{"true"}});
  auto indexed = winner;
  indexed.capabilities = {"deep_index"};
  CHECK(flip_of(loser, indexed) == std::pair{flip_kind::offer_capability, std::string{"deep_index"}});
}

TEST_CASE("A planner that only the preference for production keeps from winning is told the flag") {
  std::vector<snapshot_row> rows(2);
  for (auto& row : rows) {
    row.admission = admission_state::admitted;
    row.capabilities = {"x", "y"};
  }
  rows[0].name = "aaa";
  rows[0].reliability = 0.9;
  rows[1].name = "bbb";
  rows[1].reliability = 0.78;
  rows[1].production_ready = true;
  snapshot view;
  view.rows = std::move(rows);
  select_request request;
  request.required_capabilities = {"x", "y"};
  const auto flip = smallest_flip(view, *prepare(request), "aaa");
  REQUIRE(flip);
  CHECK(flip->kind == flip_kind::prefer_production);
  CHECK(flip->value == "false");
  CHECK(flip->command == "--no-prefer-production");
  CHECK(flip->reason == "aaa is not production-ready: 0.915 against 0.913 of bbb");
}

TEST_CASE("Totals that differ in the last bit are told apart") {
  CHECK(against(0.845, 0.945) == "0.845 against 0.945");
  CHECK(against(0.84511, 0.84522) == "0.8451 against 0.8452");
  CHECK(against(0.1 + 0.2, 0.3) == "0.30000000000000004 against 0.3");
}

TEST_CASE("Every flip that is suggested works, no earlier kind would have, and none is missed") {
  const auto seed = test::random_seed("flips");
  random_registry random(seed);
  std::set<flip_kind> seen;
  int none = 0;
  for (int round = 0; round < 4'000; ++round) {
    const auto view = random.some_snapshot(10);
    const auto request = random.some_request();
    const auto prepared = prepare(request);
    for (const auto& row : view.rows) {
      INFO("PLANGUILD_SEED=" << seed << ", round " << round << ", planner " << row.name);
      const auto flip = smallest_flip(view, *prepared, row.name);
      const bool may_flip = row.is_active() && !wins(view, request, row.name);
      if (!may_flip) {
        REQUIRE_FALSE(flip);
        continue;
      }
      const auto last = flip ? static_cast<int>(flip->kind) : static_cast<int>(flip_kind::offer_capability) + 1;
      for (int kind = 0; kind < last; ++kind) {
        REQUIRE_FALSE(any_flip_works(view, request, row.name, static_cast<flip_kind>(kind)));
      }
      if (!flip) {
        ++none;
        continue;
      }
      seen.insert(flip->kind);
      REQUIRE_FALSE(flip->reason.empty());
      REQUIRE(flip_works(view, request, *flip));
      if (flip->kind == flip_kind::reliability && flip->value != "0.0000") {
        auto less = *flip;
        less.value = std::to_string(std::stod(flip->value) - 0.0001);
        REQUIRE_FALSE(flip_works(view, request, less));
      }
    }
  }
  // The rarer kinds have tests of their own; these come up in any run of this length.
  CHECK(seen.contains(flip_kind::require_more));
  CHECK(seen.contains(flip_kind::require_fewer));
  CHECK(seen.contains(flip_kind::reliability));
  CHECK(none > 0);
}

TEST_CASE("An explanation has one fate for every record, candidates first") {
  const auto seed = test::random_seed("fates");
  random_registry random(seed);
  for (int round = 0; round < 2'000; ++round) {
    INFO("PLANGUILD_SEED=" << seed << ", round " << round);
    const auto view = random.some_snapshot(12);
    auto request = random.some_request();
    request.explain = true;
    const auto answer = select(view, request);
    if (!answer) {
      continue;
    }
    REQUIRE(answer->explanations.size() == view.rows.size());
    REQUIRE(answer->explanations.front().name == answer->best);
    std::set<std::string> names;
    for (std::size_t index = 0; index < answer->explanations.size(); ++index) {
      const auto& fate = answer->explanations[index];
      names.insert(fate.name);
      REQUIRE_FALSE(fate.reason.empty());
      const bool candidate = fate.fate == selection_fate::chosen || fate.fate == selection_fate::lost;
      REQUIRE(candidate == (index < answer->candidates_considered));
    }
    REQUIRE(names.size() == view.rows.size());
  }
}
