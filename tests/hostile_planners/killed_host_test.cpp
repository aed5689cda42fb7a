// A host that is killed takes everything with it: eight busy workers, and a daemon that one of them left.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>

#include "tests/hostile_planners/leftovers.hpp"
#include "tests/hostile_planners/spawned_host.hpp"
#include "tests/hostile_planners/zoo_guild.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

std::vector<process_facts_seen> processes_of_all(const std::vector<zoo_planner>& planners) {
  std::vector<process_facts_seen> all;
  for (const auto& planner : planners) {
    for (auto& each : processes_of(planner.mark(), planner.name())) {
      // The host itself has the planners' names among its arguments.
      if (each.arguments.find("hostile_host") == std::string::npos) all.push_back(std::move(each));
    }
  }
  return all;
}

struct busy_planners {
  std::vector<zoo_planner> planners;
  host_call call;
};

/// Eight planners that never come to an end; the first leaves a daemon before.
busy_planners eight_busy(const hostile_world& world, const std::string& sandbox, std::vector<std::string> without) {
  busy_planners busy;
  const std::vector<std::string> attacks = {"daemon_and_loop", "loop", "block_signals", "sleep"};
  for (const auto& attack : attacks) {
    for (const auto kind : {entry_kind::command, entry_kind::library}) {
      busy.planners.push_back({attack, "plan", kind, 60});
    }
  }
  busy.call.arguments = {"hold"};
  for (const auto& planner : busy.planners) {
    world.add(planner);
    busy.call.arguments.push_back(planner.name());
  }
  busy.call.environment = {"FACTORY_SANDBOX=" + sandbox,
                           "FACTORY_ALLOWED_PLANNERS=*",
                           "FACTORY_PLANNER_PATH=" + world.planners(),
                           "TMPDIR=" + world.private_folder(),
                           "XDG_RUNTIME_DIR=" + world.private_folder(),
                           "PLANNER_IMPORT_TIMEOUT=60"};
  busy.call.without = std::move(without);
  return busy;
}

/// What planners made besides themselves. Zombies do not count.
std::size_t daemons_of(const std::vector<zoo_planner>& planners) {
  std::size_t daemons = 0;
  for (const auto& planner : planners) {
    const auto running = processes_where(
        [&](const process_facts_seen& seen) { return seen.name == planner.mark() && seen.state != 'Z'; });
    daemons += running.empty() ? 0 : running.size() - 1;
  }
  return daemons;
}

/// Kills the host once it is busy; how long anything of it was still there, in milliseconds.
std::int64_t left_after_one_kill_ms(const busy_planners& busy, std::size_t daemons_least) {
  spawned_host host{busy.call};
  std::string line;
  const bool said = host.next_line(line);
  std::string errors;
  if (!said) (void)host.wait(errors);
  INFO(errors);
  REQUIRE(said);
  REQUIRE(line == "busy");
  const bool all_there = eventually([&] {
    return processes_of_all(busy.planners).size() >= busy.planners.size() && daemons_of(busy.planners) >= daemons_least;
  });
  INFO(text_of(processes_of_all(busy.planners)));
  CHECK(all_there);
  const auto killed = std::chrono::steady_clock::now();
  host.kill();
  const bool gone = eventually([&] { return processes_of_all(busy.planners).empty(); });
  const auto took = std::chrono::steady_clock::now() - killed;
  INFO(text_of(processes_of_all(busy.planners)));
  CHECK(gone);
  return std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
}

/// The shortest of up to three kills: a machine that is busy with something else says nothing about the host.
std::int64_t left_after_kill_ms(const busy_planners& busy, std::size_t daemons_least) {
  auto shortest = left_after_one_kill_ms(busy, daemons_least);
  for (int more = 0; more < 2 && shortest >= 1'000; ++more) {
    shortest = std::min(shortest, left_after_one_kill_ms(busy, daemons_least));
  }
  return shortest;
}

}  // namespace

TEST_CASE("Within a second of a host's kill none of its eight busy workers runs, nor is a copy of their files left") {
  hostile_world world;
  world.restore();
  const auto busy = eight_busy(world, "require", {});
  CHECK(left_after_kill_ms(busy, 0) < 1'000);
  // The next host of this user cleans up what the killed one could not.
  CHECK_FALSE(std::filesystem::is_empty(world.private_folder()));
  for (const auto& planner : busy.planners) world.remove(planner);
  world.add({});
  auto call = busy.call;
  call.arguments = {"acquire", zoo_planner{}.name()};
  spawned_host next{call};
  std::string errors;
  CHECK(next.wait(errors) == 0);
  CHECK(errors.empty());
  CHECK(std::filesystem::is_empty(world.private_folder()));
}

TEST_CASE("Within a second of a host's kill the daemon that a planner left is gone, too") {
  hostile_world world;
  world.restore();
  // The filter that refuses fork is taken away, so that there is a daemon, which the process namespace holds.
  const auto busy = eight_busy(world, "best", {"seccomp=EINVAL"});
  zoo_guild guild{world, "best"};
  std::string problem;
  const auto posture = guild.look_at(zoo_guild::good_one()).posture;
  (void)guild.stop();
  if (!has_layer(posture, "pid_namespace")) {
    WARN("SKIP pid_namespace: " << text_of(posture) << "; a daemon is not held here, so its end is not tested");
    return;
  }
  CHECK(left_after_kill_ms(busy, 2) < 1'000);
}
