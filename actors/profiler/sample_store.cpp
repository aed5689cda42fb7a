// One thread at a time.
#include "actors/profiler/sample_store.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "messages/limits.hpp"

namespace planguild {
namespace {

std::size_t capacity_of(std::int64_t max_profiles) {
  return static_cast<std::size_t>(std::clamp<std::int64_t>(max_profiles, 0, limits::max_profiles_cap));
}

}  // namespace

sample_store::sample_store(std::int64_t max_profiles)
    : selections_{ring_buffer<selection_sample>{capacity_of(max_profiles)}, {}},
      instantiations_{ring_buffer<instantiation_sample>{capacity_of(max_profiles)}, {}},
      invocations_{ring_buffer<invocation_sample>{capacity_of(max_profiles)}, {}} {}

template <class Sample>
void sample_store::take(kept_kind<Sample>& kind, std::vector<Sample>& batch) {
  const auto taken = std::min(batch.size(), limits::samples_per_message_max);
  dropped_ += batch.size() - taken;
  for (std::size_t index = 0; index < taken; ++index) {
    kind.durations.add(batch[index].duration_s);
    kind.ring.push(std::move(batch[index]));
  }
}

void sample_store::add(samples batch) {
  dropped_ += batch.dropped;
  take(selections_, batch.selections);
  take(instantiations_, batch.instantiations);
  take(invocations_, batch.invocations);
}

void sample_store::set_limit(const profile_limits& limit) {
  const auto capacity = capacity_of(limit.max_profiles);
  selections_.ring.set_capacity(capacity);
  instantiations_.ring.set_capacity(capacity);
  invocations_.ring.set_capacity(capacity);
}

template <class Sample>
void sample_store::fill(profile_report& report, const kept_kind<Sample>& kind, std::vector<Sample>& into,
                        std::int64_t limit) {
  into = kind.ring.newest(static_cast<std::size_t>(std::max<std::int64_t>(limit, 0)));
  report.durations = kind.durations.summary();
  report.counted = kind.ring.counted();
  report.overwritten = kind.ring.overwritten();
  report.trimmed = kind.ring.trimmed();
}

profile_report sample_store::report(const profiles_request& request) const {
  profile_report result;
  switch (request.kind) {
    case sample_kind::selection:
      fill(result, selections_, result.kept.selections, request.limit);
      break;
    case sample_kind::instantiation:
      fill(result, instantiations_, result.kept.instantiations, request.limit);
      break;
    case sample_kind::invocation:
      fill(result, invocations_, result.kept.invocations, request.limit);
      break;
  }
  result.dropped = dropped_;
  return result;
}

}  // namespace planguild
