// lifecycle.json through the real registry, discovery, instantiation and profiler actors. Test scheduler and clock.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/conformance/support/conformance_data.hpp"
#include "tests/conformance/support/lifecycle_compare.hpp"
#include "tests/conformance/support/lifecycle_scope.hpp"
#include "tests/conformance/support/lifecycle_steps.hpp"
#include "tests/conformance/support/lifecycle_world.hpp"

using namespace planguild;  // NOLINT(google-build-using-namespace)

namespace {

constexpr std::size_t cases_at_least = 75;  // of the committed data and of any other of the same schema and size

void run_case(const nlohmann::json& one) {
  conformance::lifecycle_world world(one);
  conformance::lifecycle_steps steps(world);
  conformance::lifecycle_compare compare(world.guild().configuration.max_profiles);
  std::size_t number = 0;
  for (const auto& step : one["steps"]) {
    const auto answer = steps.run(step);
    const auto state = steps.state();
    INFO(one["id"] << " step " << number++ << " " << step["op"] << " " << step.value("args", nlohmann::json{}));
    CHECK(compare.step(step, answer, state) == std::vector<std::string>{});
  }
}

}  // namespace

TEST_CASE("Every lifecycle of the data that has a counterpart goes through the actors as expected") {
  conformance::tally tally("lifecycle.json cases");
  const auto data = conformance::load("lifecycle.json");
  for (const auto& one : data["cases"]) {
    if (const auto reason = conformance::out_of_scope(one); !reason.empty()) {
      tally.skipped(reason);
      continue;
    }
    run_case(one);
    tally.ran();
  }
  CHECK(tally.ran_count() >= std::min(cases_at_least, data["cases"].size()));
  CHECK(tally.differences() == std::vector<std::string>{});
}

// Where the first construction fails, the data has one caller fail and another construct again. Here all who wait for a
// flight share its one construction and its one failure.
TEST_CASE("Who asks for a planner at the same moment shares one construction and its answer") {
  conformance::tally tally("lifecycle.json concurrency_cases");
  const auto data = conformance::load("lifecycle.json");
  for (const auto& one : data["concurrency_cases"]) {
    if (one["op"] != "get_planner") {
      tally.skipped("no counterpart of the operation " + one["op"].get<std::string>());
      continue;
    }
    INFO(one["id"]);
    const auto planners = one["planners"].get<std::vector<std::string>>();
    const bool fails = one["first_constructions_fail"].get<int>() > 0;
    test::guild_world w;
    w.configuration.allowed_planners = {"*"};
    for (const auto& name : planners) w.env.add_planner(name);
    w.spawn();
    w.world.advance(50);
    for (const auto& name : planners) {
      auto& script = w.env.processes->script(name);
      script.answer_delay_ms = one["constructor_sleep_ms"].get<std::int64_t>();
      script.on_request = [fails](test::scripted_process& process, const nlohmann::json& request) {
        if (fails) process.reply_error(request, "the constructor fails");
        return fails;
      };
    }
    std::vector<test::answer<outcome<planner_handle>>> given;
    for (std::size_t thread = 0; thread < one["threads"].get<std::size_t>(); ++thread) {
      given.push_back(w.acquire(planners[thread % planners.size()]));
    }
    w.world.advance(50);
    std::map<std::string, std::set<std::int64_t>> instances;
    for (const auto& each : given) {
      REQUIRE(each->has_value());
      CHECK(test::is_value(each) == !fails);
      if (fails) CHECK(test::code_of(each) == failure_code::start_failed);
      if (test::is_value(each)) instances[(**each)->name].insert((**each)->instance.process);
    }
    const std::size_t probes = 1;
    for (const auto& name : planners) {
      CHECK(w.env.processes->starts(name) == probes + 1);
      CHECK(instances[name].size() ==
            (fails ? 0 : one["expected"]["distinct_instances_returned_per_planner"].get<std::size_t>()));
    }
    const auto constructed = fails ? 0 : one["expected"]["total_instantiations"].get<std::uint64_t>();
    CHECK(test::stats_of(w).total_instantiations == constructed);
    tally.ran();
  }
  CHECK((tally.ran_count() > 0 || data["concurrency_cases"].empty()));
  CHECK(tally.differences() == std::vector<std::string>{});
}

// What a signature here covers and when it changes is tested in tests/actors/discovery/signature_test.cpp.
TEST_CASE("The predecessor's own hashes are counted, not compared") {
  conformance::tally tally("lifecycle.json signature_cases");
  const auto data = conformance::load("lifecycle.json");
  for (const auto& one : data["signature_cases"]) {
    INFO(one["id"]);
    // The data itself leaves them to those who keep its hash; one that is not optional would have to run.
    REQUIRE(one.value("optional", false));
    tally.skipped("a signature here is another hash, of other facts: MD5 texts are not compared");
  }
  CHECK(tally.differences() == std::vector<std::string>{});
}
