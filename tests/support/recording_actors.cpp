// Recording actors: see the header.
#include "tests/support/recording_actors.hpp"

namespace planguild::test {

namespace {

template <class Request, class Reply>
auto refuses() {
  return [](const Request&) -> caf::result<outcome<Reply>> {
    return outcome<Reply>{make_failure(failure_code::internal, "A recording registry answers nothing.")};
  };
}

}  // namespace

recording_registry::behavior_type recording_registry::make_behavior() {
  return {
      refuses<select_request, selection>(),
      refuses<batch_select, batch_selection>(),
      refuses<acquire, planner_handle>(),
      refuses<discover_request, discovery_report>(),
      refuses<list_request, planner_list>(),
      refuses<describe_request, planner_record>(),
      refuses<probe_request, admission_verdict>(),
      refuses<health_request, health_report>(),
      [](const cancel_work&) -> caf::result<ack> { return ack{}; },
      [](const stop_registry&) -> caf::result<stop_report> { return stop_report{}; },
      [this](const instance_state_changed& news) -> caf::result<ack> {
        record_->states.push_back(news);
        return ack{};
      },
      [this](const invocation_outcome& news) -> caf::result<ack> {
        record_->outcomes.push_back(news);
        return ack{};
      },
      [this](const restart_budget_spent& question) -> caf::result<budget_answer> {
        record_->budgets.push_back(question);
        return budget_answer{record_->decision};
      },
      [](const store_recalled&) -> caf::result<ack> { return ack{}; },
      [](const registry_timer&) -> caf::result<ack> { return ack{}; },
  };
}

recording_profiler::behavior_type recording_profiler::make_behavior() {
  return {
      [this](const samples& batch) -> caf::result<ack> {
        all_->instantiations.insert(all_->instantiations.end(), batch.instantiations.begin(),
                                    batch.instantiations.end());
        all_->invocations.insert(all_->invocations.end(), batch.invocations.begin(), batch.invocations.end());
        return ack{};
      },
      [](const profiles_request&) -> caf::result<profile_report> { return profile_report{}; },
      [](const profile_limits&) -> caf::result<ack> { return ack{}; },
  };
}

}  // namespace planguild::test
