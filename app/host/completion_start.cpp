// How a completion queue starts each operation: which actor is asked, and how the operation is given up. See
// completion_queue.hpp. The one file of it that talks to actors.
#include <algorithm>

#include "app/host/completion_state.hpp"
#include "app/host/runtime.hpp"

namespace planguild {
namespace {

template <class Request>
void shorten(Request& message, std::chrono::milliseconds timeout) {
  if constexpr (std::is_same_v<Request, plan_request>) {
    message.timeout_ms = message.timeout_ms == 0 ? timeout.count() : std::min(message.timeout_ms, timeout.count());
  } else if constexpr (std::is_same_v<Request, batch_select_request>) {
    message.request.timeout_ms = std::min(message.request.timeout_ms, timeout.count());
  } else if constexpr (requires { message.timeout_ms; }) {
    message.timeout_ms = std::min<std::int64_t>(message.timeout_ms, timeout.count());
  }
}

outcome<acquired_planner> at_the_edge(const outcome<planner_handle>& given) {
  if (!given) {
    return *given.error;
  }
  return acquired_planner{given->name, given->generation, given->instance};
}
template <class Reply>
outcome<Reply> at_the_edge(outcome<Reply> given) {
  return given;
}
outcome<profile_report> at_the_edge(profile_report given) {
  return given;
}

/// Asks through an actor that lives for this one request. `Wire` is what the receiver replies.
template <class Wire, class Shared, class Receiver, class Request>
void send(runtime& guild, const Shared& shared, std::uint64_t which, const Receiver& receiver, Request message) {
  compat::ask_from_outside<Wire>(
      guild.system(), receiver, std::move(message),
      [shared, which](Wire reply) { shared->arrive(which, std::any{at_the_edge(std::move(reply))}); },
      [shared, which](const caf::error&) {
        shared->arrive(which, {}, make_failure(failure_code::stopping, "The runtime is stopping or has stopped."));
      });
}

}  // namespace

// Requests to the registry that need no word of their own to be given up: they end by their own timeout_ms.
#define PLANGUILD_START(request, reply)                                                            \
  void completion_queue::start(ticket which, request message, std::chrono::milliseconds timeout) { \
    shorten(message, timeout);                                                                     \
    send<outcome<reply>>(guild_, shared_, which, guild_.registry(), std::move(message));           \
  }
PLANGUILD_START(select_request, selection)
PLANGUILD_START(batch_select_request, batch_selection)
PLANGUILD_START(discover_request, discovery_report)
PLANGUILD_START(list_request, planner_list)
PLANGUILD_START(describe_request, planner_record)
PLANGUILD_START(probe_request, admission_verdict)
PLANGUILD_START(health_request, health_report)
PLANGUILD_START(heal_request, heal_report)
PLANGUILD_START(reload_request, reload_report)
PLANGUILD_START(quarantine_request, planner_record)
PLANGUILD_START(reinstate_request, planner_record)
PLANGUILD_START(configure_request, configure_report)
PLANGUILD_START(stats_request, stats_report)
PLANGUILD_START(diagnostics_request, diagnostics_report)
#undef PLANGUILD_START

void completion_queue::start(ticket which, profiles_request message, std::chrono::milliseconds) {
  send<profile_report>(guild_, shared_, which, guild_.profiler(), message);
}

void completion_queue::start(ticket which, acquire_request message, std::chrono::milliseconds timeout) {
  shorten(message, timeout);
  message.ticket = guild_.options().outside.random->next() | 1;
  entries_.at(which).give_up = [registry = compat::weak<registry_actor>{guild_.registry()}, ticket = message.ticket] {
    if (auto receiver = registry.lock()) {
      compat::tell_urgent(receiver, cancel_work{ticket});
    }
  };
  send<outcome<planner_handle>>(guild_, shared_, which, guild_.registry(), std::move(message));
}

void completion_queue::start(ticket which, plan_request message, std::chrono::milliseconds timeout) {
  shorten(message, timeout);
  const auto conversation = guild_.start_planning();
  entries_.at(which).give_up = [conversation = compat::weak<planning_actor>{conversation}] {
    if (auto receiver = conversation.lock()) {
      compat::tell_urgent(receiver, cancel_work{});
    }
  };
  send<outcome<plan_reply>>(guild_, shared_, which, conversation, std::move(message));
}

// -- events
// -------------------------------------------------------------------------------------------------------------

namespace {

/// Hands every event over to the queue. Spawned by a subscription, ended with it.
class queue_subscriber : public compat::state<event_sink> {
 public:
  static constexpr const char* name = "planguild.queue_subscriber";
  queue_subscriber(self_pointer, std::function<void(const runtime_event&)> told) : told_(std::move(told)) {}
  behavior_type make_behavior() {
    return {[this](const runtime_event& event) -> caf::result<ack> {
      told_(event);
      return ack{};
    }};
  }

 private:
  std::function<void(const runtime_event&)> told_;
};

}  // namespace

/// Ends its subscriber with itself; the registry notices.
struct completion_queue::event_bridge {
  explicit event_bridge(event_sink made) : subscriber(std::move(made)) {}
  ~event_bridge() { compat::end(subscriber); }
  event_bridge(const event_bridge&) = delete;
  event_bridge& operator=(const event_bridge&) = delete;
  event_sink subscriber;
};

outcome<completion_queue::ticket> completion_queue::subscribe(event_filter filter, event_callback told) {
  if (closed_) {
    return make_failure(failure_code::stopping, "The completion queue is closed.");
  }
  if (subscriptions_.size() >= options_.subscriptions_max) {
    return make_failure(failure_code::overloaded, "A completion queue has at most " +
                                                      std::to_string(options_.subscriptions_max) + " subscriptions.");
  }
  const auto which = next_ticket_++;
  auto subscriber = compat::spawn<queue_subscriber>(
      guild_.system(), [shared = shared_, which](const runtime_event& event) { shared->arrive_event(which, event); });
  compat::tell(guild_.registry(), subscribe_request{subscriber, filter});
  subscriptions_.emplace(which, subscription{std::move(told), std::make_shared<event_bridge>(subscriber)});
  return which;
}

void completion_queue::unsubscribe(ticket which) {
  subscriptions_.erase(which);
}

}  // namespace planguild
