// risk_planner on contexts made by hand, good and bad.
#include "app/planners/risk_planner.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/planners/hotspot_list.hpp"
#include "app/planners/objective_words.hpp"
#include "app/planners/task_list.hpp"
#include "tests/app/planners/task_titles.hpp"

namespace planguild {

namespace {

using nlohmann::json;
using strings = std::vector<std::string>;
using test::titles;

plan plan_for(const json& context, const std::string& objective = "Reduce risk") {
  risk_planner planner;
  std::atomic<bool> cancelled{false};
  auto made = planner.generate(
      {objective, "", 0}, context, [](double, const std::string&) {}, cancelled);
  REQUIRE(made);
  return *made;
}

json spot(const std::string& file, int lines, int changes, int fan_in, bool tested) {
  return {{"file", file}, {"lines", lines}, {"changes", changes}, {"fan_in", fan_in}, {"tested", tested}};
}

json context_of(json hotspots) {
  return {{"deep_index_summary", {{"files", 400}, {"lines", 90000}, {"cycles", 1}, {"truncated", false}}},
          {"hotspots_count", hotspots.size()},
          {"hotspots", std::move(hotspots)}};
}

}  // namespace

TEST_CASE("Tests and reviews come before risky steps, the hottest file first") {
  auto made = plan_for(context_of({spot("a/cool.cpp", 400, 3, 0, true), spot("a/hot.cpp", 1200, 20, 40, false)}));
  CHECK(titles(made) == strings{"Add tests for a/hot.cpp", "Review a/hot.cpp (20 changes in a year)",
                                "Narrow what a/hot.cpp offers (40 files import it)", "Split a/hot.cpp (1,200 lines)",
                                "Review a/cool.cpp (3 changes in a year)"});
  CHECK(made.tasks[0].depends_on.empty());
  CHECK(made.tasks[1].depends_on == strings{"1"});
  CHECK(made.tasks[2].depends_on == strings{"1", "2"});
  CHECK(made.tasks[3].depends_on == strings{"1", "2", "3"});
  CHECK(made.tasks[4].depends_on.empty());
  CHECK(made.tasks[3].risk == task_risk::high);
  CHECK(made.tasks[0].evidence[0].text ==
        "20 changes within a year, 1,200 lines, imported by 40 files, no test names or imports it");
}

TEST_CASE("Words of the objective bring a cooler file to the front, with what it depends on") {
  auto hotspots = json::array({spot("a/cool_registry.cpp", 600, 3, 0, false), spot("a/hot.cpp", 1200, 20, 0, true)});
  auto made = plan_for(context_of(hotspots), "Make the registry easier to change");
  CHECK(titles(made) == strings{"Add tests for a/cool_registry.cpp", "Review a/cool_registry.cpp (3 changes in a year)",
                                "Split a/cool_registry.cpp (600 lines)", "Review a/hot.cpp (20 changes in a year)",
                                "Split a/hot.cpp (1,200 lines)"});
}

TEST_CASE("Without a context the plan is empty and its evidence says why") {
  auto made = plan_for(json());
  CHECK(made.tasks.empty());
  REQUIRE(made.evidence.size() == 1);
  CHECK(made.evidence[0].text.find("no deep context") != std::string::npos);
}

TEST_CASE("Without hotspots there is nothing to do, and the plan shows what was looked at") {
  auto made = plan_for(context_of(json::array()));
  CHECK(made.tasks.empty());
  REQUIRE(made.evidence.size() == 3);
  CHECK(made.evidence[0].text.starts_with("nothing to do"));
  CHECK(made.evidence[1].text == "the deep context covers 400 files, 90,000 lines and 1 import cycle");
}

TEST_CASE("Hotspots that are tests themselves give no tasks") {
  CHECK(plan_for(context_of({spot("tests/big_test.cpp", 900, 30, 0, true)})).tasks.empty());
}

TEST_CASE("A context that is wrong in every way is read as far as it goes") {
  CHECK(plan_for({{"hotspots", 3}, {"deep_index_summary", "x"}, {"hotspots_count", "many"}}).tasks.empty());
  auto list = read_hotspots(
      {{"hotspots",
        {nullptr,
         1,
         "a",
         {{"file", 3}},
         {{"file", "/etc/passwd"}},
         {{"file", "../up.c"}},
         {{"file", "a//b.c"}},
         {{"file", ""}},
         {{"file", "a\nb.c"}},
         spot("ok.c", 700, 5, 1, false),
         spot("ok.c", 1, 1, 1, true),
         {{"file", "odd.c"}, {"lines", -5}, {"changes", 1.5}, {"fan_in", "x"}, {"tested", 1}},
         {{"file", "huge.c"}, {"lines", 18446744073709551615ULL}, {"changes", 18446744073709551615ULL}}}}});
  REQUIRE(list.hotspots.size() == 3);
  CHECK(list.hotspots[0].file == "huge.c");
  CHECK(list.hotspots[1].file == "ok.c");
  CHECK(list.hotspots[2].lines == 0);
  CHECK(list.ignored == 10);
}

TEST_CASE("A thousand hotspots give at most 50 tasks and the rest is counted") {
  auto hotspots = json::array();
  for (int i = 0; i < 1200; ++i) {
    hotspots.push_back(spot("f" + std::to_string(i) + ".cpp", 900, 10, 0, false));
  }
  auto made = plan_for(context_of(hotspots));
  CHECK(made.tasks.size() <= 50);
  CHECK(made.tasks.size() >= 48);
  auto meta = json::parse(made.meta);
  CHECK(meta["left_out"].get<std::size_t>() == 3000 - made.tasks.size());
  CHECK(meta["hotspots_ignored"] == 200);
}

TEST_CASE("Objective words drop filler and meet parts of paths") {
  objective_words words("Make the Registry's tests easier to change!");
  CHECK(words.words() == strings{"registry", "tests"});
  CHECK(words.matches({"actors/registry/query.cpp"}) == 1);
  CHECK(words.matches({"src/RegistryActor.ts", "test/x.ts"}) == 2);
  CHECK(words.matches({"reg/te.cpp"}) == 0);
  CHECK(objective_words("").matches({"a"}) == 0);
}

TEST_CASE("Dependencies that form a circle are cut and unknown ones dropped") {
  std::vector<draft_task> drafts(2);
  drafts[0].key = "a";
  drafts[0].task.title = "A";
  drafts[0].task.depends_on = {"b", "unknown"};
  drafts[1].key = "b";
  drafts[1].task.title = "B";
  drafts[1].task.depends_on = {"a"};
  auto ordered = order_tasks(drafts, objective_words(""));
  REQUIRE(ordered.tasks.size() == 2);
  CHECK(ordered.tasks[0].title == "B");
  CHECK(ordered.tasks[0].depends_on.empty());
  CHECK(ordered.tasks[1].depends_on == strings{"1"});
}

TEST_CASE("Numbers are grouped and counted in words") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(21412) == "21,412");
  CHECK(grouped(1000000) == "1,000,000");
  CHECK(counted(1, "file") == "1 file");
  CHECK(counted(2, "entry", "entries") == "2 entries");
}

}  // namespace planguild
