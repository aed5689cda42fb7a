// A planner that hangs while it is loaded delays nobody: it is reported when PLANNER_IMPORT_TIMEOUT is over, and others
// are selected and plan meanwhile.
#include <catch2/catch.hpp>

#include "tests/hostile_planners/zoo_guild.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

// Longer than all the selections and plans take, a sanitizer's slowness included.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int import_timeout_s = 20;
#else
constexpr int import_timeout_s = 5;
#endif
constexpr std::int64_t patience_ms = 60'000;

}  // namespace

TEST_CASE("While a planner hangs at load 1,000 selections and 50 plans go through, then it is reported") {
  hostile_world world;
  zoo_guild guild{world, "require", {{"PLANNER_IMPORT_TIMEOUT", std::to_string(import_timeout_s), "the test"}}};
  const std::vector<zoo_planner> hanging = {{"loop", "load", entry_kind::command},
                                            {"sleep", "load", entry_kind::library}};
  // Selections wait for the admissions of the first discovery alone.
  REQUIRE(guild.runtime().discover({true, true, patience_ms}));
  for (const auto& planner : hanging) world.add(planner);
  REQUIRE(guild.runtime().discover({true, false, patience_ms}));

  select_request asked;
  asked.objective = "Make the registry easier to change";
  int selected = 0;
  for (int turn = 0; turn < 1'000; ++turn) {
    const auto chosen = guild.runtime().select(asked);
    if (chosen && chosen->best == zoo_guild::good_one().name()) ++selected;
  }
  CHECK(selected == 1'000);
  plan_request wanted;
  wanted.request = asked;
  wanted.planner = zoo_guild::good_one().name();
  int planned = 0;
  for (int turn = 0; turn < 50; ++turn) planned += guild.runtime().plan(wanted) ? 1 : 0;
  CHECK(planned == 50);
  for (const auto& planner : hanging) {
    const auto record = guild.runtime().describe({planner.name(), false, patience_ms});
    REQUIRE(record);
    CHECK(record->admission == admission_state::pending);  // all of this was before the report
  }
  for (const auto& planner : hanging) {
    const auto record = guild.runtime().describe({planner.name(), true, patience_ms});
    REQUIRE(record);
    INFO(planner.name() << ": " << record->admission_reason);
    CHECK(record->admission == admission_state::quarantined);
    REQUIRE(record->evidence);
    CHECK(record->evidence->code == failure_code::load_timeout);
    CHECK(record->evidence->ending == process_ending::timed_out);
    CHECK(record->evidence->resources.wall_ms >= import_timeout_s * 1'000 - 100);
  }
  CHECK(guild.remove(hanging));
  CHECK(guild.stop().processes_left == 0);
}
