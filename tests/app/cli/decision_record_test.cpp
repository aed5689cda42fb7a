// A decision, written and taken again.
#include "app/cli/decision_record.hpp"

#include <catch2/catch.hpp>

#include "actors/registry/ranking.hpp"
#include "app/cli/replay.hpp"

using namespace planguild;
using namespace planguild::cli;

namespace {

planner_record record(const std::string& name, double reliability, std::vector<std::string> capabilities) {
  planner_record result;
  result.name = name;
  result.capabilities = std::move(capabilities);
  result.admission = admission_state::admitted;
  result.production_ready = true;
  result.reliability.score = reliability;
  return result;
}

select_request sample_request() {
  select_request request;
  request.objective = "o";
  request.required_capabilities = {"risk"};
  request.context = {true, 9};
  request.explain = true;
  return request;
}

}  // namespace

TEST_CASE("A recorded decision replays without a difference, although the list is of another moment") {
  planner_list list;
  list.planners = {record("two", 0.61, {"risk"}), record("one", 0.7, {"deep_index"}), record("odd", 0.1, {"risk"})};
  list.planners[2].admission = admission_state::quarantined;
  auto view = decision_view(config{}, list, failure{});
  REQUIRE(view.rows.size() == 3);
  CHECK(view.rows[0].name == "odd");
  view.rows.edit(2).reliability = 0.6123;  // what the registry ranked with
  const auto chosen = select(view, sample_request());
  REQUIRE(chosen);
  const auto line = decision_line(config{}, list, sample_request(), chosen);
  REQUIRE(line);
  const auto again = replay_line(*line);
  REQUIRE(again);
  CHECK(again->compared);
  CHECK(again->differences.empty());
}

TEST_CASE("A decision that found nobody replays to the same failure") {
  planner_list list;
  list.planners = {record("one", 0.1, {"risk"})};
  const auto view = decision_view(config{}, list, failure{});
  const auto chosen = select(view, sample_request());
  REQUIRE_FALSE(chosen);
  const auto line = decision_line(config{}, list, sample_request(), chosen);
  REQUIRE(line);
  const auto again = replay_line(*line);
  REQUIRE(again);
  CHECK(again->compared);
  CHECK(again->differences.empty());
}

TEST_CASE("A failure that is not of the choice replays without a comparison") {
  const auto line =
      decision_line(config{}, planner_list{}, sample_request(), failure{failure_code::planner_error, "no", "one", {}});
  REQUIRE(line);
  const auto again = replay_line(*line);
  REQUIRE(again);
  CHECK_FALSE(again->compared);
}
