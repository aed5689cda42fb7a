// The ring against a plain list, and its accounts.
#include "actors/profiler/ring_buffer.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <random>

using namespace planguild;

TEST_CASE("A ring keeps the newest and says what it overwrote and trimmed") {
  ring_buffer<int> ring(3);
  for (int value = 1; value <= 5; ++value) {
    ring.push(value);
  }
  CHECK(ring.newest(10) == std::vector<int>{3, 4, 5});
  CHECK(ring.newest(2) == std::vector<int>{4, 5});
  CHECK(ring.newest(0).empty());
  CHECK(ring.overwritten() == 2);
  ring.set_capacity(1);
  CHECK(ring.newest(10) == std::vector<int>{5});
  CHECK(ring.trimmed() == 2);
  ring.set_capacity(2);
  ring.push(6);
  ring.push(7);
  CHECK(ring.newest(10) == std::vector<int>{6, 7});
  CHECK(ring.counted() == 7);
}

TEST_CASE("A ring without room counts, and keeps nothing") {
  ring_buffer<int> ring(0);
  ring.push(1);
  CHECK(ring.newest(5).empty());
  CHECK(ring.counted() == 1);
  CHECK(ring.overwritten() == 1);
}

TEST_CASE("Whatever is done to a ring, it holds what a list would and its accounts add up") {
  const char* given = std::getenv("PLANGUILD_SEED");
  const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "ring: PLANGUILD_SEED=" << seed << "\n";
  std::mt19937_64 random(seed);
  const auto below = [&random](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random);
  };
  for (int round = 0; round < 200; ++round) {
    INFO("PLANGUILD_SEED=" << seed << ", round " << round);
    std::size_t capacity = below(12);
    ring_buffer<int> ring(capacity);
    std::deque<int> list;
    for (int step = 0; step < 200; ++step) {
      if (below(10) == 0) {
        capacity = below(12);
        ring.set_capacity(capacity);
      } else {
        ring.push(step);
        list.push_back(step);
      }
      while (list.size() > capacity) {
        list.pop_front();
      }
      const auto limit = below(14);
      const auto count = std::min(limit, list.size());
      REQUIRE(ring.newest(limit) == std::vector<int>(list.end() - static_cast<std::ptrdiff_t>(count), list.end()));
      REQUIRE(ring.size() == list.size());
      REQUIRE(ring.counted() == ring.size() + ring.overwritten() + ring.trimmed());
    }
  }
}
