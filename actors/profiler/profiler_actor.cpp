// The shell around sample_store: see the header.
#include "actors/profiler/profiler_actor.hpp"

namespace planguild {

profiler_state::profiler_state(self_pointer, std::int64_t max_profiles) : store_(max_profiles) {}

profiler_state::behavior_type profiler_state::make_behavior() {
  return {
      [this](const samples& batch) -> caf::result<ack> {
        store_.add(batch);
        return ack{};
      },
      [this](const selection_batch& batch) -> caf::result<ack> {
        store_.add(batch);
        return ack{};
      },
      [this](const profiles_request& request) -> caf::result<profile_report> { return store_.report(request); },
      [this](const all_profiles_request& request) -> caf::result<profile_reports> {
        return profile_reports{store_.report({sample_kind::selection, request.limit}),
                               store_.report({sample_kind::instantiation, request.limit}),
                               store_.report({sample_kind::invocation, request.limit})};
      },
      [this](const profile_limits& limit) -> caf::result<ack> {
        store_.set_limit(limit);
        return ack{};
      },
  };
}

}  // namespace planguild
