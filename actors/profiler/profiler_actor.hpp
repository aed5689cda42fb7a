// The profiler: keeps what happened, and gives the newest to the store. A thin shell around sample_store. Owned by the
// runtime; runs on the scheduler.
#pragma once

#include <cstdint>
#include <memory>

#include "actors/profiler/sample_store.hpp"
#include "messages/environment.hpp"
#include "messages/type_ids.hpp"

namespace planguild {

class profiler_state : public compat::state<profiler_actor> {
 public:
  static constexpr const char* name = "planguild.profiler";

  /// New samples go to `outlasting` limits::samples_saved_after_ms after the first of them; nullptr, or one that keeps
  /// nothing: to nobody, and no timer is ever set.
  profiler_state(self_pointer self, std::int64_t max_profiles, std::shared_ptr<planner_store> outlasting = nullptr);
  behavior_type make_behavior();

 private:
  void save_later();
  void save();

  self_pointer self_;
  sample_store store_;
  std::shared_ptr<planner_store> outlasting_;
  bool waits_to_save_ = false;
};

}  // namespace planguild
