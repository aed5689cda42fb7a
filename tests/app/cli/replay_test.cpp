// Replaying lines: lenient reading, comparison to the last bit, and that what was recorded replays.
#include "app/cli/replay.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "actors/registry/ranking.hpp"
#include "app/host/decision_line.hpp"
#include "messages/limits.hpp"
#include "tests/actors/registry/random_registry.hpp"

using namespace planguild;
using nlohmann::json;

namespace {

const std::string two_planners = R"("planners":[
  {"name":"aaa","capabilities":["Risk ",null,7],"tier":null,"production_ready":null,"quarantined":null,"error":"","reliability_score":0.5},
  {"name":"bbb","capabilities":"risk","tier":"gold","production_ready":true,"quarantined":false,"error":null,"reliability_score":null}])";

json answer_of(const std::string& line) {
  const auto answer = replay_line(line);
  REQUIRE(answer);
  return json::parse(answer->line);
}

}  // namespace

TEST_CASE("A line is read by the lenient rules of the data and answered with its keys") {
  const auto answer =
      answer_of(R"({"id":"one","config":{"default_reliability":0.5},)" + two_planners +
                R"(,"request":{"objective":"x","required_capabilities":["RISK"," "],"deep_context":7}})");
  CHECK(answer["id"] == "one");
  CHECK(answer["best"] == "bbb");
  CHECK(answer["candidates_considered"] == 2);
  REQUIRE(answer["ranking"].size() == 2);
  const auto& second = answer["ranking"][1];
  CHECK(second["name"] == "aaa");
  CHECK(second["tier"].is_null());
  CHECK(second["cap_ratio"] == 1.0);
  CHECK(second["reliability"] == 0.5 * 0.97);
  CHECK(second["production_ready"] == false);
  CHECK(answer["ranking"][0]["tier"] == "gold");
  CHECK(answer["profile"]["required_caps"] == json{"risk"});
  CHECK(answer["profile"]["hotspots"] == "0");
}

TEST_CASE("A hotspot count beyond 64 bits saturates and still equals the expected text") {
  const auto answer = replay_line(
      "{" + two_planners +
      R"(,"request":{"deep_context":{"hotspots_count":1000000000000000000000000000000}},"expected":{"profile":{"hotspots":"1000000000000000000000000000000"}}})");
  REQUIRE(answer);
  CHECK(answer->compared);
  CHECK(answer->differences.empty());
}

TEST_CASE("A batch answers with names, n standing in the request or beside it") {
  CHECK(answer_of("{" + two_planners + R"(,"config":{"min_reliability":0},"request":{"n":1}})")["names"] ==
        json{"aaa"});
  CHECK(answer_of("{" + two_planners + R"(,"request":{},"n":-1})")["names"] == json::array());
}

TEST_CASE("A failure of the ranking is an answer, compared by its code in either vocabulary") {
  const auto answer = replay_line(R"({"planners":[],"request":{},"expected_error":"no_active"})");
  REQUIRE(answer);
  CHECK(json::parse(answer->line)["failure"]["code"] == "no_active_planner");
  CHECK(answer->differences.empty());
  CHECK(replay_line(R"({"planners":[],"request":{},"expected_error":"no_active_planner"})")->differences.empty());
  const auto other = replay_line(R"({"planners":[],"request":{},"expected_error":"no_candidates"})");
  CHECK(other->differences == std::vector<std::string>{R"(failure: expected "no_candidates", got no_active_planner)"});
  const auto surprise = replay_line(R"({"planners":[],"request":{},"expected":{"best":"aaa"}})");
  CHECK(surprise->differences.size() == 1);
}

TEST_CASE("A difference in the last bit is a difference, and names its place") {
  const std::string request = R"(,"request":{})";
  const auto right = answer_of("{" + two_planners + request + "}");
  auto line = json::parse("{" + two_planners + request + "}");
  line["expected"] = {{"ranking", right["ranking"]}, {"best", "aaa"}, {"unknown", 1}};
  CHECK(replay_line(line.dump())->differences.empty());
  auto& total = line["expected"]["ranking"][0]["total_score"];
  total = std::nextafter(total.get<double>(), 2.0);
  const auto answer = replay_line(line.dump());
  REQUIRE(answer->differences.size() == 1);
  CHECK_THAT(answer->differences[0], Catch::StartsWith("ranking[0].total_score: expected 0.77"));
  line["expected"]["ranking"] = json::array();
  CHECK_THAT(replay_line(line.dump())->differences[0], Catch::StartsWith("ranking: expected 0 elements, got 1"));
}

TEST_CASE("A line without an expectation is answered, not compared") {
  const auto answer = replay_line("{" + two_planners + R"(,"request":{}})");
  REQUIRE(answer);
  CHECK_FALSE(answer->compared);
  CHECK(answer->differences.empty());
}

TEST_CASE("Where an answer for ASCII-only rules is given, either will do") {
  const auto line = "{" + two_planners + R"(,"request":{},"expected":{"best":"bbb"},
      "expected_ascii_only":{"best":"aaa","ranking_names":["aaa"],"total_scores":[0.7749999999999999]}})";
  CHECK(replay_line(line)->differences.empty());
}

TEST_CASE("A line that is no case is refused, whatever it is") {
  for (const std::string line :
       {"", "nonsense", "[]", "7", "{", R"({"planners":7,"request":{}})", R"({"planners":[7],"request":{}})",
        R"({"planners":[{"name":null}],"request":{}})",
        R"({"planners":[{"name":"aaa","reliability_score":"x"}],"request":{}})",
        R"({"planners":[{"name":"aaa"},{"name":"aaa"}],"request":{}})", R"({"planners":[],"request":{},"config":[]})",
        R"({"planners":[],"request":{},"config":{"tie_break":"luck"}})",
        R"({"planners":[],"request":{},"config":{"min_reliability":"0.1"}})", R"({"planners":[],"request":[1]})",
        R"({"planners":[],"request":{"objective":7}})", R"({"planners":[],"request":{"n":"many"}})",
        R"({"planners":[{"name":"aaa","admission":"maybe"}],"request":{}})", R"({"id":1,"id":2})"}) {
    INFO(line);
    const auto answer = replay_line(line);
    REQUIRE_FALSE(answer);
    CHECK(answer.error->code == failure_code::invalid_request);
  }
  CHECK_FALSE(replay_line(std::string(limits::protocol_line_bytes_max + 1, ' ')));
}

TEST_CASE("JSON that lacks what every recorded decision has is none") {
  for (const auto& [line, missing] :
       {std::pair{R"({})", "planners"}, std::pair{R"({"planners":null,"request":{}})", "planners"},
        std::pair{R"({"planners":[]})", "request"}, std::pair{R"({"request":{}})", "planners"}}) {
    const auto answer = replay_line(line);
    REQUIRE_FALSE(answer);
    CHECK(answer.error->code == failure_code::invalid_request);
    CHECK(answer.error->message == "no recorded decision: it has no \"" + std::string{missing} + "\"");
  }
  CHECK(replay_line(R"({"planners":[],"request":{}})"));
}

TEST_CASE("Broken JSON is told with its column, for a line has no other line") {
  const auto answer = replay_line("{x");
  REQUIRE_FALSE(answer);
  CHECK_THAT(answer.error->message, Catch::StartsWith("not valid JSON: column 2: "));
}

TEST_CASE("Any cut of a good line is refused or answered, and never harms") {
  const auto line = R"({"id":"one",)" + two_planners + R"(,"request":{"required_capabilities":["risk"]}})";
  for (std::size_t length = 0; length < line.size(); ++length) {
    CHECK_FALSE(replay_line(line.substr(0, length)));
  }
}

TEST_CASE("What was recorded replays without a difference") {
  const auto seed = test::random_seed("replay");
  test::random_registry random(seed);
  int compared = 0;
  for (int round = 0; round < 3'000; ++round) {
    INFO("PLANGUILD_SEED=" << seed << ", round " << round);
    const auto view = random.some_snapshot(12);
    const auto request = random.some_request();
    const auto answer = select(view, request);
    const auto line = decision_line(view, request, answer);
    REQUIRE(line);
    const auto again = replay_line(*line);
    REQUIRE(again);
    REQUIRE(again->compared);
    INFO(*line);
    REQUIRE(again->differences == std::vector<std::string>{});
    if (answer) {
      ++compared;
      const auto replayed = json::parse(again->line);
      REQUIRE(replayed["best"] == answer->best);
      REQUIRE(replayed["score"].get<double>() == answer->score);
    }
  }
  CHECK(compared > 1'000);
}

TEST_CASE("A failure that ranking did not give is recorded without an expectation, and a huge line is refused") {
  const auto line = decision_line({}, {}, make_failure(failure_code::deadline_exceeded, "too late"));
  REQUIRE(line);
  CHECK_FALSE(replay_line(*line)->compared);
  snapshot view;
  view.rows.push_back(snapshot_row{});
  view.rows.edit(0).name = "aaa";
  view.rows.edit(0).error.assign(limits::protocol_line_bytes_max, 'x');
  const auto refused = decision_line(view, {}, select(view, {}));
  REQUIRE_FALSE(refused);
  CHECK(refused.error->code == failure_code::limit_exceeded);
}
