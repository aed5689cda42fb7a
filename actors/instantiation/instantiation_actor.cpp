// The shell around lifecycle: see the header. Handlers call it; it answers through instance_effects.
#include "actors/instantiation/instantiation_actor.hpp"

#include <utility>

namespace planguild {

instantiation_state::instantiation_state(self_pointer self, found_planner planner, const config& configuration,
                                         environment outside, instance_owner owner)
    : self_(self),
      configuration_(configuration),
      outside_(std::move(outside)),
      owner_(owner),
      lifecycle_(std::move(planner), configuration_, outside_, *this) {}

template <class Reply>
std::uint64_t instantiation_state::owe(replies<Reply>& owed) {
  owed.emplace(next_request_, compat::promise<Reply>{self_});
  return next_request_++;
}

instantiation_state::behavior_type instantiation_state::make_behavior() {
  return {
      [this](const admit&) -> caf::result<admission_verdict> {
        lifecycle_.admit(owe(admits_));
        return caf::delegated<admission_verdict>{};
      },
      [this](const acquire_instance& message) -> caf::result<outcome<instance_info>> {
        lifecycle_.acquire(owe(acquires_), message);
        return caf::delegated<outcome<instance_info>>{};
      },
      [this](const run_plan& message) -> caf::result<outcome<plan_result>> {
        lifecycle_.run(owe(plans_), message);
        return caf::delegated<outcome<plan_result>>{};
      },
      [this](const cancel_work& message) -> caf::result<ack> {
        lifecycle_.cancel(message.ticket);
        return ack{};
      },
      [this](const replace_planner& message) -> caf::result<ack> {
        lifecycle_.replace(message.planner);
        return ack{};
      },
      [this](const reload_instance&) -> caf::result<ack> {
        lifecycle_.reload();
        return ack{};
      },
      [this](const quarantine_instance& message) -> caf::result<ack> {
        lifecycle_.quarantine(message.reason);
        return ack{};
      },
      [this](const reinstate_instance&) -> caf::result<ack> {
        lifecycle_.reinstate();
        return ack{};
      },
      [this](const stop_instance& message) -> caf::result<instance_stopped> {
        lifecycle_.stop(owe(stops_), message.deadline_ms);
        return caf::delegated<instance_stopped>{};
      },
      [this](const process_news& news) -> caf::result<ack> {
        lifecycle_.on_process(news.id, news.event);
        return ack{};
      },
      [this](const instance_timer& timer) -> caf::result<ack> {
        lifecycle_.on_timer(timer.number);
        return ack{};
      },
  };
}

process_sink instantiation_state::sink_for(std::uint64_t session) {
  return [receiver = compat::weak<instantiation_actor>{self_->handle()}, session](process_event event) {
    if (auto actor = receiver.lock()) {
      compat::tell(actor, process_news{session, std::move(event)});
    }
  };
}

void instantiation_state::start_timer(std::uint64_t number, std::int64_t delay_ms) {
  compat::delay(self_, self_->handle(), delay_ms, instance_timer{number});
}

namespace {

template <class Replies, class Answer>
void settle(Replies& owed, std::uint64_t request, Answer answer) {
  auto found = owed.find(request);
  if (found != owed.end()) {
    auto reply = std::move(found->second);
    owed.erase(found);
    reply.deliver(std::move(answer));
  }
}

}  // namespace

void instantiation_state::answer_acquire(std::uint64_t request, outcome<instance_info> answer) {
  settle(acquires_, request, std::move(answer));
}
void instantiation_state::answer_plan(std::uint64_t request, outcome<plan_result> answer) {
  settle(plans_, request, std::move(answer));
}
void instantiation_state::answer_admit(std::uint64_t request, admission_verdict answer) {
  settle(admits_, request, std::move(answer));
}
void instantiation_state::answer_stop(std::uint64_t request, instance_stopped answer) {
  settle(stops_, request, std::move(answer));
}

void instantiation_state::tell_state(instance_state_changed news) {
  if (auto owner = owner_.lock()) {
    compat::tell(owner, std::move(news));
  }
}

void instantiation_state::tell_outcome(invocation_outcome news) {
  if (auto owner = owner_.lock()) {
    compat::tell(owner, std::move(news));
  }
}

void instantiation_state::ask_budget(restart_budget_spent question) {
  auto owner = owner_.lock();
  if (!owner) {
    return;
  }
  compat::ask(
      self_, owner, std::move(question), [this](const budget_answer& answer) { lifecycle_.on_budget(answer.decision); },
      [](const caf::error&) { /* the registry is gone, and this actor with it */ });
}

}  // namespace planguild
