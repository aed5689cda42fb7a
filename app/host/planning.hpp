// One planning conversation: select, acquire, run, tell the whole story. One short-lived actor per `plan` call, spawned
// by the runtime; it ends when it has answered. Runs on the scheduler; blocks never.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/environment.hpp"
#include "messages/type_ids.hpp"

namespace planguild {

class planning_state : public compat::state<planning_actor> {
 public:
  static constexpr const char* name = "planguild.planning";

  /// `default_timeout_ms` is that of a conversation whose request names none.
  planning_state(self_pointer self, registry_actor registry, environment outside, std::int64_t default_timeout_ms);
  behavior_type make_behavior();

 private:
  void begin(const plan_request& request);
  void choose(std::optional<failure> after);
  void try_next();
  void bring_to_life(const std::string& planner);
  void invoke(const planner_handle& handle);
  void end_attempt(const failure* problem);
  void finish(outcome<plan_reply> answer);
  void fail(const failure& reason);
  void attempt_failed(const failure& reason);
  void give_up(const failure& reason);
  void arm();
  std::int64_t remaining_ms() const;

  self_pointer self_;
  registry_actor registry_;
  environment outside_;
  const std::int64_t default_timeout_ms_;

  plan_request request_;
  plan_reply reply_;
  compat::promise<outcome<plan_reply>> promise_;
  std::uint64_t ticket_ = 0;           // of what is under way: acquire, then invocation
  std::int64_t deadline_ms_ = 0;       // monotonic
  std::int64_t attempt_began_ns_ = 0;  // monotonic
  std::string planner_;                // of the attempt under way; empty: none
  std::vector<std::string> next_;      // planners to try when this one fails, in order
  int renewals_ = 0;                   // acquires after a stale handle, of this attempt
  instantiation_actor instance_;       // null until acquired
};

}  // namespace planguild
