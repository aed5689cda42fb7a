// How often each was chosen lately.
#include "actors/registry/recent_selections.hpp"

#include <catch2/catch.hpp>
#include <deque>
#include <random>

using namespace planguild;

TEST_CASE("Only the last selections count, singly noted or many at once") {
  const auto seed = Catch::rngSeed();
  CAPTURE(seed);
  std::mt19937_64 random{seed};
  recent_selections noted;
  std::deque<std::string> plain;
  for (int step = 0; step < 2'000; ++step) {
    const std::string name(1, static_cast<char>('a' + random() % 4));
    const auto times = random() % 10 == 0 ? random() % 1'500 : random() % 5;
    noted.note(name, times);
    plain.insert(plain.end(), times, name);
    while (plain.size() > limits::selections_remembered) {
      plain.pop_front();
    }
  }
  for (const auto* name : {"a", "b", "c", "d", "e"}) {
    CHECK(noted.count(name) == std::count(plain.begin(), plain.end(), name));
  }
  CHECK_FALSE(noted.counts().contains("e"));
}
