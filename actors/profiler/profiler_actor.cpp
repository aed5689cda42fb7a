// The shell around sample_store: see the header.
#include "actors/profiler/profiler_actor.hpp"

#include <utility>

#include "messages/limits.hpp"

namespace planguild {

profiler_state::profiler_state(self_pointer self, std::int64_t max_profiles, std::shared_ptr<planner_store> outlasting)
    : self_(self), store_(max_profiles), outlasting_(std::move(outlasting)) {}

void profiler_state::save_later() {
  if (waits_to_save_ || outlasting_ == nullptr || !store_.has_unsaved() || !outlasting_->memory_only().empty()) return;
  waits_to_save_ = true;
  compat::delay(self_, self_->handle(), limits::samples_saved_after_ms, save_samples{});
}

void profiler_state::save() {
  waits_to_save_ = false;
  if (outlasting_ == nullptr || !store_.has_unsaved()) return;
  store_update update;
  update.samples = store_.take_unsaved();
  outlasting_->save(std::move(update));
}

profiler_state::behavior_type profiler_state::make_behavior() {
  return {
      [this](const samples& batch) -> caf::result<ack> {
        store_.add(batch);
        save_later();
        return ack{};
      },
      [this](const selection_batch& batch) -> caf::result<ack> {
        store_.add(batch);
        save_later();
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
      [this](const recalled_samples& recalled) -> caf::result<ack> {
        store_.recall(recalled.earlier);
        return ack{};
      },
      [this](const save_samples&) -> caf::result<ack> {
        save();
        return ack{};
      },
  };
}

}  // namespace planguild
