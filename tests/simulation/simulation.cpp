// Simulated runs, many of them: see the header.
#include "tests/simulation/simulation.hpp"

#include <chrono>

#include "tests/simulation/run.hpp"

namespace planguild::simulation {

simulator::simulator() = default;
simulator::~simulator() = default;

run_result simulator::run(std::uint64_t seed, const run_options& options) {
  if (!world_) {
    world_ = std::make_unique<test::test_system>();
  }
  auto result = simulation::run{*world_, seed, options}.go(seed);
  if (result.breach) {
    world_.reset();
  }
  return result;
}

std::optional<run_result> find_breach(const search_options& options) {
  simulator runs;
  auto told_at = std::chrono::steady_clock::now();
  for (std::uint64_t done = 0; done < options.count; ++done) {
    auto result = runs.run(options.first + done, {options.planted, false});
    if (result.breach && result.breach->find(options.reason) != std::string::npos) {
      auto again = runs.run(result.seed, {options.planted, true});
      if (again.breach != result.breach || again.fingerprint != result.fingerprint) {
        again.story.push_back("BREACH: the seed does not replay; the first run said: " + *result.breach);
      }
      return again;
    }
    const auto now = std::chrono::steady_clock::now();
    if (options.progress != nullptr && now - told_at >= std::chrono::seconds{1}) {
      told_at = now;
      options.progress(done + 1);
    }
  }
  return std::nullopt;
}

std::string told(const run_result& result, plant planted) {
  std::string text;
  for (const auto& line : result.story) {
    text += line + "\n";
  }
  const auto seed = std::to_string(result.seed);
  text += "Seed " + seed + ": " + result.breach.value_or("every invariant holds") + "\nAgain: simulate --first " +
          seed + " --seeds 1 --story" +
          (planted == plant::none ? std::string{} : " --plant " + std::string{to_string(planted)}) + "\n";
  return text;
}

}  // namespace planguild::simulation
