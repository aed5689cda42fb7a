// Ten thousand runs by chance, each with every invariant checked after every step. PLANGUILD_SIMULATION_SEEDS says how
// many runs, PLANGUILD_SIMULATION_FIRST with which seed they begin.
#include "tests/simulation/simulation.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>
#include <vector>

using namespace planguild::simulation;

namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("no interleaving of requests and faults breaks an invariant") {
  search_options search;
  search.first = number_from("PLANGUILD_SIMULATION_FIRST", 1);
  search.count = number_from("PLANGUILD_SIMULATION_SEEDS", 10'000);
  const auto found = find_breach(search);
  INFO((found ? told(*found, plant::none) : std::string{}));
  CHECK_FALSE(found.has_value());
}

TEST_CASE("a seed gives the same run again, whatever ran before it") {
  std::vector<std::uint64_t> first;
  {
    simulator runs;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      first.push_back(runs.run(seed).fingerprint);
    }
  }
  simulator others;
  for (std::uint64_t seed = 60; seed >= 1; --seed) {
    INFO("seed " << seed);
    CHECK(others.run(seed).fingerprint == first[seed - 1]);
  }
}

TEST_CASE("runs of different seeds are different") {
  simulator runs;
  CHECK(runs.run(1).fingerprint != runs.run(2).fingerprint);
}

TEST_CASE("the story of a run changes nothing about it") {
  simulator runs;
  const auto silent = runs.run(7, {plant::none, false});
  const auto told_one = runs.run(7, {plant::none, true});
  CHECK(silent.fingerprint == told_one.fingerprint);
  CHECK(silent.story.empty());
  CHECK(told_one.story.size() > 10);
}
