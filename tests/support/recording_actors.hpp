// Actors that only remember what they are told, for tests of the other actors. Owned by one test.
#pragma once

#include <vector>

#include "messages/type_ids.hpp"

namespace planguild::test {

/// What a recording owner was told, and what it answers to the question of a spent budget.
struct owner_record {
  std::vector<instance_state_changed> states;
  std::vector<invocation_outcome> outcomes;
  std::vector<restart_budget_spent> budgets;
  budget_decision decision = budget_decision::quarantine;
};

class recording_owner : public compat::state<instance_owner> {
 public:
  static constexpr const char* name = "recording_owner";
  recording_owner(self_pointer, owner_record* record) : record_(record) {}
  behavior_type make_behavior();

 private:
  owner_record* record_;
};

class recording_subscriber : public compat::state<event_sink> {
 public:
  static constexpr const char* name = "recording_subscriber";
  recording_subscriber(self_pointer, std::vector<runtime_event>* events) : events_(events) {}
  behavior_type make_behavior();

 private:
  std::vector<runtime_event>* events_;
};

class recording_snapshots : public compat::state<snapshot_sink> {
 public:
  static constexpr const char* name = "recording_snapshots";
  recording_snapshots(self_pointer, std::vector<snapshot_ptr>* views) : views_(views) {}
  behavior_type make_behavior();

 private:
  std::vector<snapshot_ptr>* views_;
};

}  // namespace planguild::test
