// Where things are, as rpc tells it. Pure; any thread.
#include "app/rpc/shortened_places.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace planguild;  // NOLINT(google-build-using-namespace)
using nlohmann::ordered_json;

TEST_CASE("Absolute paths in places and warnings are shortened, however deep, and nothing else is changed") {
  auto reply = ordered_json::parse(R"({
    "where":"/srv/planners/one.planner.json",
    "planners":[{"name":"/srv/name","where":"/srv/planners/two.planner.json"},{"where":""},{"where":null}],
    "import_failures":[{"where":"params.context","message":"in /srv/planners"}],
    "discovery":{"warnings":["/srv/planners/three.planner.json: key \"x\" is unknown",7]},
    "warnings_issued":["/a/b/c"],
    "warnings":"/a/b/c",
    "plan":{"meta":{"where":"/a/b/c","warnings":["/a/b/c"]}},
    "configuration":[{"variable":"FACTORY_PLANNER_PATH","text":"/srv/planners"}]})");
  shorten_places(reply);
  CHECK(reply == ordered_json::parse(R"({
    "where":"<path>/one.planner.json",
    "planners":[{"name":"/srv/name","where":"<path>/two.planner.json"},{"where":""},{"where":null}],
    "import_failures":[{"where":"params.context","message":"in /srv/planners"}],
    "discovery":{"warnings":["<path>/three.planner.json: key \"x\" is unknown",7]},
    "warnings_issued":["<path>/c"],
    "warnings":"/a/b/c",
    "plan":{"meta":{"where":"/a/b/c","warnings":["/a/b/c"]}},
    "configuration":[{"variable":"FACTORY_PLANNER_PATH","text":"/srv/planners"}]})"));
}

TEST_CASE("A failure's place is shortened, its own words stay") {
  const failure problem{failure_code::invalid_manifest, "in <path>/x", "one_planner", "/srv/planners/x"};
  const auto told = with_short_place(problem);
  CHECK(told.where == "<path>/x");
  CHECK(told.message == problem.message);
  CHECK(with_short_place({failure_code::invalid_request, "m", "", "params.id"}).where == "params.id");
}
