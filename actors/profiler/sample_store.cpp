// One thread at a time.
#include "actors/profiler/sample_store.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "messages/limits.hpp"
#include "messages/scrub.hpp"

namespace planguild {
namespace {

std::size_t capacity_of(std::int64_t max_profiles) {
  return static_cast<std::size_t>(std::clamp<std::int64_t>(max_profiles, 0, limits::max_profiles_cap));
}

/// The newest of `earlier` for which the ring has a free place and a request of `limit` has room.
template <class Sample, class Kept>
std::vector<Sample> before(const std::vector<Sample>& earlier, const ring_buffer<Kept>& ring, std::int64_t limit) {
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(limit, 0));
  const auto room = std::min(wanted - std::min(wanted, ring.size()), ring.capacity() - ring.size());
  const auto count = std::min(room, earlier.size());
  return {earlier.end() - static_cast<std::ptrdiff_t>(count), earlier.end()};
}

/// What a caller typed leaves here; who sends samples is to have masked it, with its capital letters.
void mask(selection_sample& sample) {
  for (auto& capability : sample.required_caps) capability = scrub(capability, {.hide_paths = false});
}

}  // namespace

sample_store::sample_store(std::int64_t max_profiles)
    : selections_{ring_buffer<kept_selection>{capacity_of(max_profiles)}, {}, 0},
      instantiations_{ring_buffer<instantiation_sample>{capacity_of(max_profiles)}, {}, 0},
      invocations_{ring_buffer<invocation_sample>{capacity_of(max_profiles)}, {}, 0} {}

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
  std::vector<kept_selection> selections;
  selections.reserve(batch.selections.size());
  for (auto& sample : batch.selections) {
    mask(sample);
    const auto duration_s = sample.duration_s;
    const auto ts = sample.ts;
    selections.push_back({std::make_shared<const selection_sample>(std::move(sample)), duration_s, ts});
  }
  take(selections_, selections);
  take(instantiations_, batch.instantiations);
  take(invocations_, batch.invocations);
}

void sample_store::add(selection_batch batch) {
  dropped_ += batch.dropped;
  std::vector<std::shared_ptr<const selection_sample>> patterns;
  patterns.reserve(batch.patterns.size());
  for (auto& pattern : batch.patterns) {
    mask(pattern);
    patterns.push_back(std::make_shared<const selection_sample>(std::move(pattern)));
  }
  std::vector<kept_selection> selections;
  selections.reserve(batch.points.size());
  for (const auto& point : batch.points) {
    if (point.pattern < patterns.size()) {
      selections.push_back({patterns[point.pattern], point.duration_s, point.ts});
    } else {
      ++dropped_;
    }
  }
  take(selections_, selections);
}

selection_sample sample_store::expanded(const kept_selection& kept) {
  auto sample = *kept.pattern;
  sample.duration_s = kept.duration_s;
  sample.ts = kept.ts;
  return sample;
}

void sample_store::set_limit(const profile_limits& limit) {
  const auto capacity = capacity_of(limit.max_profiles);
  selections_.ring.set_capacity(capacity);
  instantiations_.ring.set_capacity(capacity);
  invocations_.ring.set_capacity(capacity);
}

template <class Sample>
std::vector<Sample> sample_store::fill(profile_report& report, const kept_kind<Sample>& kind, std::int64_t limit) {
  report.durations = kind.durations.summary();
  report.counted = kind.ring.counted();
  report.overwritten = kind.ring.overwritten();
  report.trimmed = kind.ring.trimmed();
  return kind.ring.newest(static_cast<std::size_t>(std::max<std::int64_t>(limit, 0)));
}

void sample_store::recall(samples earlier) {
  earlier_ = std::move(earlier);
}

profile_report sample_store::report(const profiles_request& request) const {
  profile_report result;
  switch (request.kind) {
    case sample_kind::selection:
      for (const auto& kept : fill(result, selections_, request.limit)) {
        result.kept.selections.push_back(expanded(kept));
      }
      result.earlier.selections = before(earlier_.selections, selections_.ring, request.limit);
      break;
    case sample_kind::instantiation:
      result.kept.instantiations = fill(result, instantiations_, request.limit);
      result.earlier.instantiations = before(earlier_.instantiations, instantiations_.ring, request.limit);
      break;
    case sample_kind::invocation:
      result.kept.invocations = fill(result, invocations_, request.limit);
      result.earlier.invocations = before(earlier_.invocations, invocations_.ring, request.limit);
      break;
  }
  result.dropped = dropped_;
  return result;
}

bool sample_store::has_unsaved() const noexcept {
  return selections_.unsaved() + instantiations_.unsaved() + invocations_.unsaved() > 0;
}

template <class Sample>
std::vector<Sample> sample_store::newest_unsaved(kept_kind<Sample>& kind) {
  auto result = kind.ring.newest(std::min(kind.unsaved(), limits::stored_samples_max));
  kind.saved = kind.ring.counted();
  return result;
}

samples sample_store::take_unsaved() {
  samples result;
  for (const auto& kept : newest_unsaved(selections_)) result.selections.push_back(expanded(kept));
  result.instantiations = newest_unsaved(instantiations_);
  result.invocations = newest_unsaved(invocations_);
  return result;
}

}  // namespace planguild
