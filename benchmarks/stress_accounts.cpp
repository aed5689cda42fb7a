// Asking registry and profiler for their counts. See the header.
#include "benchmarks/stress_accounts.hpp"

#include <thread>

#include "messages/limits.hpp"

namespace planguild::bench {

account take_account(stress_scene& scene) {
  account now;
  const auto stats = scene.guild->stats({});
  if (stats) {
    now.selections = stats->selections;
    now.instantiations = stats->total_instantiations;
    now.invocations = stats->invocations;
  }
  const auto counted = [&scene](sample_kind kind) {
    const auto report = scene.guild->profiles({kind, limits::max_profiles_cap});
    if (report) {
      check_sum(*report, kind, scene.breaches);
    }
    return report ? report->counted + (kind == sample_kind::selection ? report->dropped : 0) : 0;
  };
  now.selection_samples = counted(sample_kind::selection);
  now.instantiation_samples = counted(sample_kind::instantiation);
  now.invocation_samples = counted(sample_kind::invocation);
  return now;
}

account settled_account(stress_scene& scene) {
  auto before = take_account(scene);
  int same = 0;
  (void)wait_for(account_patience, [&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    const auto now = take_account(scene);
    same = now == before ? same + 1 : 0;
    before = now;
    return same >= 3;
  });
  return before;
}

bool is_seen_by_selectors(stress_scene& scene) {
  auto selecting = scene.guild->make_selector();
  return selecting && wait_for(account_patience, [&] {
           const auto told = scene.guild->select({});
           const auto seen = selecting->explain({});
           return told && seen && seen->snapshot_version >= told->snapshot_version;
         });
}

void check_accounts(const account& before, const account& after, std::uint64_t expected, breach_list& breaches) {
  check_balance("selections were answered", expected, after.selections - before.selections,
                "are counted by the registry", breaches);
  check_balance("selections are counted by the registry", after.selections - before.selections,
                after.selection_samples - before.selection_samples, "by the profiler", breaches);
  check_balance("constructions are counted by the registry", after.instantiations - before.instantiations,
                after.instantiation_samples - before.instantiation_samples, "by the profiler", breaches);
  check_balance("invocations are counted by the registry", after.invocations, after.invocation_samples,
                "by the profiler", breaches);
}

}  // namespace planguild::bench
