// The whole zoo again and again in one host process: what the process holds stays the same. ZOO_ROUNDS says how often;
// by hand, ZOO_ROUNDS=20.
#include <malloc.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <thread>

#include "tests/hostile_planners/attack_cases.hpp"
#include "tests/hostile_planners/ending_cases.hpp"
#include "tests/hostile_planners/leftovers.hpp"
#include "tests/hostile_planners/zoo_guild.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

// Between the end of the first round and that of the last, whatever their number: of what is in use, and of what is
// resident, where allocators keep an arena for each thread that there was (and sanitizers what was freed).
constexpr std::uint64_t allocated_growth_bytes_max = std::uint64_t{256} << 10;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t resident_growth_bytes_max = std::uint64_t{512} << 20;
#else
constexpr std::uint64_t resident_growth_bytes_max = std::uint64_t{64} << 20;
#endif
constexpr std::size_t at_once = 12;

/// What is in use of the heap. A sanitizer's allocator says 0.
std::uint64_t allocated_bytes() {
  const auto heap = ::mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

struct member {
  zoo_planner planner;
  bool big_request = false;
};

std::vector<member> whole_zoo() {
  std::vector<member> all;
  for (const auto& each : attack_cases()) {
    const std::string name{each.attack};
    if (each.command) all.push_back({{name, "plan", entry_kind::command}});
    if (each.library) all.push_back({{name, "plan", entry_kind::library}});
  }
  for (const auto* cases : {&quick_endings(), &slow_endings()}) {
    for (const auto& each : *cases) {
      if (each.command) all.push_back({{each.attack, each.stage, entry_kind::command, 2}, each.big_request});
      if (each.library) all.push_back({{each.attack, each.stage, entry_kind::library, 2}, each.big_request});
    }
  }
  return all;
}

/// Has each of these planners do its worst, several at once; how many of them did not plan.
std::size_t run(zoo_guild& guild, const std::vector<member>& zoo) {
  std::size_t failed = 0;
  for (std::size_t begin = 0; begin < zoo.size();) {
    std::map<std::string, member> batch;
    while (begin < zoo.size() && batch.size() < at_once &&
           batch.emplace(zoo[begin].planner.name(), zoo[begin]).second) {
      ++begin;
    }
    std::vector<zoo_planner> planners;
    for (const auto& [name, each] : batch) planners.push_back(each.planner);
    guild.add(planners);
    std::vector<std::thread> threads;
    std::vector<int> planned(batch.size());
    std::size_t index = 0;
    for (const auto& [name, each] : batch) {
      threads.emplace_back([&guild, each = each, &made = planned[index++]] {
        const auto context = each.big_request ? "{\"filler\":\"" + std::string(3U << 20, 'x') + "\"}" : "";
        made = guild.look_at(each.planner, context).code == "ok" ? 1 : 0;
      });
    }
    for (auto& thread : threads) thread.join();
    for (const int made : planned) failed += made == 0 ? 1 : 0;
    CHECK(guild.remove(planners));
  }
  return failed;
}

held after_round(hostile_world& world, const std::vector<member>& zoo) {
  zoo_guild guild{
      world, "require", {{"PLANNER_IMPORT_TIMEOUT", "2", "the test"}, {"PLANNER_SELF_TEST_TIMEOUT", "2", "the test"}}};
  CHECK(run(guild, zoo) >= slow_endings().size());
  std::string problem;
  CHECK(guild.good_one_plans(problem));
  INFO(problem);
  const auto stopped = guild.stop();
  CHECK(stopped.processes_left == 0);
  CHECK(stopped.still_alive.empty());
  return held_now();
}

}  // namespace

TEST_CASE("However often the zoo runs, descriptors, threads and processes are the same and memory does not grow") {
  const char* given = std::getenv("ZOO_ROUNDS");
  const int rounds = given == nullptr ? 2 : std::atoi(given);
  const auto zoo = whole_zoo();
  hostile_world world;
  const auto first = after_round(world, zoo);
  const auto allocated_first = allocated_bytes();
  CHECK(first.children == 0);
  for (int round = 2; round <= rounds; ++round) {
    const auto now = after_round(world, zoo);
    INFO("round " << round << ": " << now.descriptors << " descriptors, " << now.threads << " threads, "
                  << (now.resident_bytes >> 10) << " KiB resident; after the first " << (first.resident_bytes >> 10)
                  << " KiB\n"
                  << descriptors_text() << text_of(children()));
    CHECK(now.descriptors == first.descriptors);
    CHECK(now.kept_libraries == 0);
    CHECK(now.threads == first.threads);
    CHECK(now.children == 0);
    const auto allocated = allocated_bytes();
    CHECK(allocated <= allocated_first + allocated_growth_bytes_max);
    CHECK(now.resident_bytes <= first.resident_bytes + resident_growth_bytes_max);
    if (given != nullptr) {
      WARN("round " << round << ": " << (now.resident_bytes >> 10) << " KiB resident, " << (allocated >> 10)
                    << " KiB allocated, " << (allocated_first >> 10) << " after the first");
    }
  }
}
