// Registry and profiler that only remember what they are told, for tests of the other actors. Owned by one test.
#pragma once

#include <vector>

#include "messages/type_ids.hpp"

namespace planguild::test {

/// What a recording registry was told, and what it answers to the question of a spent budget.
struct registry_record {
  std::vector<instance_state_changed> states;
  std::vector<invocation_outcome> outcomes;
  std::vector<restart_budget_spent> budgets;
  budget_decision decision = budget_decision::quarantine;
};

class recording_registry : public compat::state<registry_actor> {
 public:
  static constexpr const char* name = "recording_registry";
  recording_registry(self_pointer, registry_record* record) : record_(record) {}
  behavior_type make_behavior();

 private:
  registry_record* record_;
};

class recording_profiler : public compat::state<profiler_actor> {
 public:
  static constexpr const char* name = "recording_profiler";
  recording_profiler(self_pointer, samples* all) : all_(all) {}
  behavior_type make_behavior();

 private:
  samples* all_;
};

}  // namespace planguild::test
