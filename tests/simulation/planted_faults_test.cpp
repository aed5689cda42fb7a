// The invariants bite: each planted fault is found within a thousand seeds, for the right reason, and its seed replays.
#include <catch2/catch.hpp>
#include <string>

#include "tests/simulation/simulation.hpp"

using namespace planguild::simulation;

namespace {

constexpr std::uint64_t seeds_max = 1'000;

void is_found(plant planted, const std::string& reason) {
  search_options search;
  search.count = seeds_max;
  search.planted = planted;
  search.reason = reason;
  const auto found = find_breach(search);
  REQUIRE(found.has_value());
  INFO(told(*found, planted));
  simulator runs;
  const auto again = runs.run(found->seed, {planted, false});
  CHECK(again.breach == found->breach);
  CHECK(again.fingerprint == found->fingerprint);
  CHECK_FALSE(runs.run(found->seed).breach.has_value());
}

}  // namespace

TEST_CASE("an old answer with a new version is found") {
  is_found(plant::stale_answer, "another answer");
}

TEST_CASE("an answer from a snapshot that is older than one already seen is found") {
  is_found(plant::old_answer, "had been seen before it was asked");
}

TEST_CASE("a planner that is started twice is found") {
  is_found(plant::double_start, "live processes");
}

TEST_CASE("a waiter that is forgotten is found") {
  is_found(plant::lost_waiter, "no answer after its deadline");
}

TEST_CASE("a waiter that is answered too late is found") {
  is_found(plant::late_waiter, "its deadline");
}

TEST_CASE("a dropped sample that nobody counts is found") {
  is_found(plant::uncounted_drop, "samples were sent or dropped");
}

TEST_CASE("an instance that nobody ends is found") {
  is_found(plant::forgotten_actor, "instances outlive stop");
}

TEST_CASE("a process that outlives stop is found") {
  is_found(plant::undying_process, "outlive stop");
}

TEST_CASE("a plan for a stale handle is found") {
  is_found(plant::stale_handle_used, "had made stale");
}

TEST_CASE("the use of a planner that an operator has quarantined is found") {
  is_found(plant::quarantine_missed, "an operator had quarantined");
}
