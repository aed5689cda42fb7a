// The actor that each planner has: its address is the planner's address for as long as the planner is known. A thin
// shell around lifecycle. Owned by the registry, which spawns it on first need and watches it. Runs on the scheduler;
// blocks never.
#pragma once

#include <cstdint>
#include <map>

#include "actors/instantiation/lifecycle.hpp"
#include "messages/type_ids.hpp"

namespace planguild {

class instantiation_state : public compat::state<instantiation_actor>, private instance_effects {
 public:
  static constexpr const char* name = "planguild.instantiation";

  instantiation_state(self_pointer self, found_planner planner, const config& configuration, environment outside,
                      instance_owner owner);
  behavior_type make_behavior();

 private:
  template <class Reply>
  using replies = std::map<std::uint64_t, compat::promise<Reply>>;

  /// Keeps the reply that is owed to the current message and returns its number.
  template <class Reply>
  std::uint64_t owe(replies<Reply>& owed);

  process_sink sink_for(std::uint64_t session) override;
  void start_timer(std::uint64_t number, std::int64_t delay_ms) override;
  void answer_acquire(std::uint64_t request, outcome<instance_info> answer) override;
  void answer_plan(std::uint64_t request, outcome<plan_result> answer) override;
  void answer_admit(std::uint64_t request, admission_verdict answer) override;
  void answer_stop(std::uint64_t request, instance_stopped answer) override;
  void tell_state(instance_state_changed news) override;
  void tell_outcome(invocation_outcome news) override;
  void ask_budget(restart_budget_spent question) override;

  self_pointer self_;
  const config configuration_;
  environment outside_;
  compat::weak<instance_owner> owner_;  // weak: the registry owns this actor, not the other way round
  replies<outcome<instance_info>> acquires_;
  replies<outcome<plan_result>> plans_;
  replies<admission_verdict> admits_;
  replies<instance_stopped> stops_;
  std::uint64_t next_request_ = 1;
  lifecycle lifecycle_;
};

}  // namespace planguild
