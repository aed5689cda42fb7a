// What the registry and the profiler of a runtime under stress have counted, and whether it is what was asked of them.
// The main thread, while the clients are at work or gone.
#pragma once

#include <cstdint>

#include "benchmarks/stress.hpp"

namespace planguild::bench {

struct account {
  std::uint64_t selections = 0;
  std::uint64_t instantiations = 0;
  std::uint64_t invocations = 0;
  std::uint64_t selection_samples = 0;  // with those that were dropped, and counted as such
  std::uint64_t instantiation_samples = 0;
  std::uint64_t invocation_samples = 0;
  bool operator==(const account&) const = default;
};

/// How long accounts may take to show what has been asked and answered.
inline constexpr std::chrono::seconds account_patience{20};

/// What is counted now. Adds a breach if a kind of samples does not sum up.
account take_account(stress_scene& scene);
/// What is counted once nothing moves any more, or after account_patience.
account settled_account(stress_scene& scene);
/// Waits until selectors see a snapshot that was made after what was last configured. False if none came.
bool is_seen_by_selectors(stress_scene& scene);
/// Adds a breach for each count that differs from what it should be: `expected` selections were answered in between.
void check_accounts(const account& before, const account& after, std::uint64_t expected, breach_list& breaches);

}  // namespace planguild::bench
