// Simulated runs: the real actors on the test scheduler and clock, one thread, with everything that happens (which
// actor runs next, what is asked, what goes wrong, how long it takes) following from a seed. README.md tells what is
// checked.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/planted.hpp"

namespace planguild::test {
class test_system;
}

namespace planguild::simulation {

struct run_options {
  plant planted = plant::none;
  bool tells_story = false;
};

struct run_result {
  std::uint64_t seed = 0;
  std::optional<std::string> breach;  // the first one; none: every invariant held
  std::vector<std::string> story;     // in words, with tells_story
  std::uint64_t fingerprint = 0;      // of everything that happened; equal for equal seeds
  std::uint64_t messages = 0;         // handled by actors
};

/// Runs seeds one after the other in one actor system, which is made anew after a breach. One thread.
class simulator {
 public:
  simulator();
  ~simulator();
  simulator(const simulator&) = delete;
  simulator& operator=(const simulator&) = delete;

  run_result run(std::uint64_t seed, const run_options& options = {});

 private:
  std::unique_ptr<test::test_system> world_;
};

/// The first breach among `count` seeds from `first`, run again for its story; none if there is none. `progress` is
/// called with the number of seeds done about every second.
struct search_options {
  std::uint64_t first = 1;
  std::uint64_t count = 1;
  plant planted = plant::none;
  std::string reason;  // only a breach whose text contains it counts; empty: any
  void (*progress)(std::uint64_t done) = nullptr;
};
std::optional<run_result> find_breach(const search_options& options);

/// The breach and the story that led to it, for people.
std::string told(const run_result& result, plant planted);

}  // namespace planguild::simulation
