// The profiler: keeps what happened. A thin shell around sample_store. Owned by the runtime; runs on the scheduler.
#pragma once

#include <cstdint>

#include "actors/profiler/sample_store.hpp"
#include "messages/type_ids.hpp"

namespace planguild {

class profiler_state : public compat::state<profiler_actor> {
 public:
  static constexpr const char* name = "planguild.profiler";

  profiler_state(self_pointer self, std::int64_t max_profiles);
  behavior_type make_behavior();

 private:
  sample_store store_;
};

}  // namespace planguild
