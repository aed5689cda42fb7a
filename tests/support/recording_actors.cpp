// Recording actors: see the header.
#include "tests/support/recording_actors.hpp"

namespace planguild::test {

recording_owner::behavior_type recording_owner::make_behavior() {
  return {
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
  };
}

recording_subscriber::behavior_type recording_subscriber::make_behavior() {
  return {
      [this](const runtime_event& event) -> caf::result<ack> {
        events_->push_back(event);
        return ack{};
      },
  };
}

recording_snapshots::behavior_type recording_snapshots::make_behavior() {
  return {[this](const snapshot_published& news) -> caf::result<ack> {
    views_->push_back(news.view);
    return ack{};
  }};
}

}  // namespace planguild::test
