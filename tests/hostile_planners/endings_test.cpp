// Every way in which a planner's process may end or fail to speak, by real processes under the real worker: each is
// reported by its own code, stage and ending, the host lives, the planner beside it plans, and nothing is left behind.
// Here no layer stops anything: the host does.
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <thread>

#include "tests/hostile_planners/ending_cases.hpp"
#include "tests/hostile_planners/leftovers.hpp"
#include "tests/hostile_planners/zoo_guild.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

struct attempt {
  const ending_case* expected = nullptr;
  zoo_planner planner;
  seen_planner seen{};
};

std::vector<attempt> attempts_of(const std::vector<ending_case>& cases, double timeout_s) {
  std::vector<attempt> all;
  for (const auto& each : cases) {
    for (const auto kind : {entry_kind::command, entry_kind::library}) {
      if (!(kind == entry_kind::command ? each.command : each.library)) continue;
      all.push_back({&each, {each.attack, each.stage, kind, timeout_s}});
    }
  }
  return all;
}

bool is_of_probe(const attempt& each) {
  return each.planner.stage == "load" || each.planner.stage == "self_test";
}

/// Looks at these at once, each from a thread of its own.
void look_at_all(zoo_guild& guild, std::vector<attempt*>& batch) {
  std::vector<zoo_planner> planners;
  for (const auto* each : batch) planners.push_back(each->planner);
  guild.add(planners);
  std::vector<std::thread> threads;
  for (auto* each : batch) {
    threads.emplace_back([&guild, each] {
      const auto context = each->expected->big_request ? "{\"filler\":\"" + std::string(3U << 20, 'x') + "\"}" : "";
      each->seen = guild.look_at(each->planner, context);
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(guild.remove(planners));
  for (const auto& planner : planners) {
    const auto left = processes_of(planner.mark(), planner.name());
    INFO(text_of(left));
    CHECK(left.empty());
  }
}

/// Of the ways in which an attack may end, the one that was seen; where it is none of them, the first.
ending_case expected_of(const attempt& made) {
  auto expected = *made.expected;
  if (expected.or_output_closed && made.seen.code == to_string(failure_code::protocol_error)) {
    expected.code = made.seen.code;
    expected.ending = process_ending::protocol_broken;
    expected.detail = "output closed";
  }
  return expected;
}

void check(const attempt& made) {
  const auto expected = expected_of(made);
  const auto& seen = made.seen;
  INFO(made.planner.name() << " at " << made.planner.stage << "\n" << text_of(seen));
  CHECK(seen.code == expected.code);
  if (expected.ending == process_ending::none) return;  // its process lives on, so there is nothing to tell of its end
  REQUIRE(seen.evidence);
  CHECK(to_string(seen.evidence->code) == expected.code);
  CHECK(to_string(seen.evidence->stage) == expected.reported_in);
  CHECK(to_string(seen.evidence->ending) == to_string(expected.ending));
  CHECK(seen.evidence->ending_detail.find(expected.detail) != std::string::npos);
  if (expected.ending == process_ending::filtered) CHECK(seen.evidence->ending_detail == expected.detail);
  CHECK(seen.message.find("ghp_") == std::string::npos);
  if (expected.exit_code) CHECK(seen.evidence->exit_code == expected.exit_code);
  if (expected.signal) CHECK(seen.evidence->signal == expected.signal);
  CHECK_FALSE(seen.message.empty());
}

void check_all(std::vector<attempt> attempts, std::size_t at_once, std::vector<config_setting> settings) {
  hostile_world world;
  zoo_guild guild{world, "require", std::move(settings)};
  const zoo_planner warm_up{"", "plan", entry_kind::library};
  guild.add({warm_up});
  guild.remove({warm_up});
  std::string problem;
  CHECK(guild.good_one_plans(problem));
  const auto before = held_at_rest();
  for (std::size_t begin = 0; begin < attempts.size();) {
    // Two of one name (they differ in their stage) are never in one batch.
    std::vector<attempt*> batch;
    std::set<std::string> names;
    while (begin < attempts.size() && batch.size() < at_once && names.insert(attempts[begin].planner.name()).second) {
      batch.push_back(&attempts[begin++]);
    }
    look_at_all(guild, batch);
    CHECK(guild.good_one_plans(problem));
    INFO(problem);
    const bool flat = eventually([&before] {
      const auto now = held_now();
      return now.descriptors == before.descriptors && now.children == before.children && now.threads == before.threads;
    });
    INFO(descriptors_text() << text_of(children()));
    CHECK(flat);
    for (const auto* each : batch) {
      check(*each);
      CHECK(world.touched(each->planner) == std::vector<std::string>{});
    }
  }
  const auto stopped = guild.stop();
  CHECK(stopped.processes_left == 0);
  CHECK(stopped.still_alive.empty());
  CHECK(std::filesystem::is_empty(world.private_folder()));
}

}  // namespace

TEST_CASE("A planner that crashes, exits, floods or breaks the protocol is reported as that, and harms nobody") {
  check_all(attempts_of(quick_endings(), 60), 8,
            {{"PLANNER_IMPORT_TIMEOUT", "60", "the test"}, {"PLANNER_SELF_TEST_TIMEOUT", "60", "the test"}});
}

TEST_CASE("A planner whose probe never comes to an end is ended when its time is over, and harms nobody") {
  auto attempts = attempts_of(slow_endings(), 60);
  std::erase_if(attempts, [](const attempt& each) { return !is_of_probe(each); });
  check_all(std::move(attempts), 12,
            {{"PLANNER_IMPORT_TIMEOUT", "2", "the test"}, {"PLANNER_SELF_TEST_TIMEOUT", "2", "the test"}});
}

TEST_CASE("A planner whose plan never comes to an end is ended when its time is over, and harms nobody") {
  auto attempts = attempts_of(slow_endings(), 2);
  std::erase_if(attempts, is_of_probe);
  check_all(std::move(attempts), 16,
            {{"PLANNER_IMPORT_TIMEOUT", "60", "the test"}, {"PLANNER_SELF_TEST_TIMEOUT", "60", "the test"}});
}

TEST_CASE("Without any layer, too, a planner that leaves a child with its channel ends, and nothing of it is left") {
  hostile_world world;
  zoo_guild guild{world, "off"};
  for (const auto kind : {entry_kind::command, entry_kind::library}) {
    for (const std::string stage : {"load", "plan"}) {
      const zoo_planner planner{"leave_child_with_channel", stage, kind};
      guild.add({planner});
      const auto seen = guild.look_at(planner);
      INFO(text_of(seen));
      CHECK(seen.code == (stage == "load" ? "load_failed" : "planner_crashed"));
      CHECK(guild.remove({planner}));
      std::string problem;
      CHECK(guild.good_one_plans(problem));
    }
  }
  CHECK(guild.stop().processes_left == 0);
}
