// The side of a completion queue that talks to actors: the bridge, which asks on the host's behalf, and the listeners
// of its subscriptions. See completion_queue.hpp. Handlers run on the scheduler, the rest on the host's thread.
#include <algorithm>
#include <string>

#include "app/host/completion_state.hpp"
#include "app/host/runtime.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace {

failure gone() {
  return make_failure(failure_code::stopping, "The runtime is stopping or has stopped.");
}

// Every message to the bridge is a ticket and what belongs to it. One sender, one receiver, one lane: the order stays.
template <class Request>
struct to_bridge {
  using signature = ack(std::uint64_t, Request);
};
template <>
struct to_bridge<plan_request> {
  using signature = ack(std::uint64_t, planning_actor, plan_request);
};

#define PLANGUILD_SIGNATURE(method, request, reply) to_bridge<request>::signature,
using bridge_actor = compat::actor_of<PLANGUILD_OPERATIONS(PLANGUILD_SIGNATURE)
                                      // A subscription.
                                      ack(std::uint64_t, subscribe_request),
                                      // Give up what the ticket stands for, if it is still under way.
                                      ack(std::uint64_t)>;
#undef PLANGUILD_SIGNATURE

/// What the receiver of a request replies, and how the host is told of it.
template <class Request>
struct wire {
  using reply = outcome<reply_of<Request>>;
};
template <>
struct wire<acquire_request> {
  using reply = outcome<planner_handle>;
};

template <class Reply>
outcome<Reply> at_the_edge(outcome<Reply>&& given) {
  return std::move(given);
}
outcome<acquired_planner> at_the_edge(outcome<planner_handle>&& given) {
  if (!given) {
    return *given.error;
  }
  return acquired_planner{std::move(given->name), given->generation, std::move(given->instance)};
}

template <class Request>
void shorten(Request& message, std::int64_t timeout_ms) {
  if constexpr (std::is_same_v<Request, plan_request>) {
    // A request that names no time keeps the planner's default: this queue's own deadline gives it up behind it.
    if (message.timeout_ms != 0) message.timeout_ms = std::min(message.timeout_ms, timeout_ms);
  } else if constexpr (std::is_same_v<Request, batch_select_request>) {
    message.request.timeout_ms = std::min(message.request.timeout_ms, timeout_ms);
  } else if constexpr (requires { message.timeout_ms; }) {
    message.timeout_ms = std::min(message.timeout_ms, timeout_ms);
  }
}

/// Hands what it hears over to the queue; says so when the registry ends. Spawned by a subscription, ended with it.
class queue_listener : public compat::state<event_sink> {
 public:
  static constexpr const char* name = "planguild.queue_listener";
  queue_listener(self_pointer self, registry_actor registry, std::function<void(const runtime_event&)> told,
                 std::function<void()> ended)
      : self_(self), registry_(std::move(registry)), told_(std::move(told)), ended_(std::move(ended)) {}
  behavior_type make_behavior() {
    self_->watch(registry_, [this](const caf::error&) { ended_(); });
    return {[this](const runtime_event& event) -> caf::result<ack> {
      told_(event);
      return ack{};
    }};
  }

 private:
  self_pointer self_;
  registry_actor registry_;
  std::function<void(const runtime_event&)> told_;
  std::function<void()> ended_;
};

}  // namespace

/// Owns the actor; what it has under way is given up when it ends.
struct completion_queue::bridge {
  class state;
  bridge_actor actor;

  explicit bridge(bridge_actor made) : actor(std::move(made)) {}
  ~bridge() { compat::end(actor); }
  bridge(const bridge&) = delete;
  bridge& operator=(const bridge&) = delete;
};

class completion_queue::bridge::state : public compat::state<bridge_actor> {
 public:
  static constexpr const char* name = "planguild.queue_bridge";

  state(self_pointer self, std::shared_ptr<shared_state> shared, registry_actor registry)
      : self_(self), shared_(std::move(shared)), registry_(std::move(registry)) {}
  ~state() {
    for (const auto& [which, give_up] : under_way_) {
      give_up();
    }
  }
  state(const state&) = delete;
  state& operator=(const state&) = delete;

  /// What the bridge does with one operation's request.
  template <class Request>
  auto handler() {
    if constexpr (std::is_same_v<Request, plan_request>) {
      return
          [this](std::uint64_t which, const planning_actor& conversation, plan_request& message) -> caf::result<ack> {
            under_way_[which] = [conversation] { compat::tell(conversation, cancel_work{}); };
            ask(which, conversation, std::move(message));
            return ack{};
          };
    } else {
      return [this](std::uint64_t which, Request& message) -> caf::result<ack> {
        if constexpr (std::is_same_v<Request, acquire_request>) {
          under_way_[which] = [this, ticket = message.ticket] { compat::tell(registry_, cancel_work{ticket}); };
        }
        ask(which, registry_, std::move(message));
        return ack{};
      };
    }
  }

  behavior_type make_behavior() {
#define PLANGUILD_HANDLER(method, request, reply) handler<request>(),
    auto take_subscription = [this](std::uint64_t which, const subscribe_request& message) -> caf::result<ack> {
      subscribe(which, message);
      return ack{};
    };
    auto give_up = [this](std::uint64_t which) -> caf::result<ack> {
      if (const auto found = under_way_.find(which); found != under_way_.end()) {
        found->second();
      }
      return ack{};
    };
    return {PLANGUILD_OPERATIONS(PLANGUILD_HANDLER) std::move(take_subscription), std::move(give_up)};
#undef PLANGUILD_HANDLER
  }

 private:
  // Giving up goes the same way as the request, in the same lane: it must not overtake it.
  template <class Receiver, class Request>
  void ask(std::uint64_t which, const Receiver& receiver, Request message) {
    using reply = typename wire<Request>::reply;
    compat::ask(
        self_, receiver, std::move(message),
        [this, which](reply& answer) {
          under_way_.erase(which);
          shared_->arrive(which, at_the_edge(std::move(answer)), {});
        },
        [this, which](const caf::error&) {
          under_way_.erase(which);
          shared_->arrive(which, {}, gone());
        });
  }

  void subscribe(std::uint64_t which, const subscribe_request& message) {
    compat::ask(
        self_, registry_, message,
        [this, which](const outcome<ack>& answer) {
          if (!answer) {
            shared_->arrive(which, {}, answer.error, true);
          }
        },
        [this, which](const caf::error&) { shared_->arrive(which, {}, gone(), true); });
  }

  self_pointer self_;
  std::shared_ptr<shared_state> shared_;
  registry_actor registry_;
  std::unordered_map<std::uint64_t, std::function<void()>> under_way_;  // what can be given up, and how
};

completion_queue::completion_queue(runtime& guild, completion_queue_options options)
    : guild_(guild),
      options_(options),
      shared_(std::make_shared<shared_state>(options.events_max)),
      bridge_(std::make_shared<bridge>(compat::spawn<bridge::state>(guild.system(), shared_, guild.registry()))) {}

template <class Request>
void completion_queue::start(ticket which, Request message, std::chrono::milliseconds timeout) {
  auto& starting = entries_.at(which);
  starting.is_awaited = true;
  shorten(message, std::min<std::int64_t>(timeout.count(), limits::timeout_ms_max));
  if constexpr (std::is_same_v<Request, plan_request>) {
    starting.can_give_up = true;
    compat::tell(bridge_->actor, which, guild_.start_planning(), std::move(message));
  } else {
    if constexpr (std::is_same_v<Request, acquire_request>) {
      starting.can_give_up = true;
      message.ticket = guild_.options().outside.random->next() | 1;
    }
    compat::tell(bridge_->actor, which, std::move(message));
  }
}

#define PLANGUILD_START(method, request, reply) \
  template void completion_queue::start(ticket which, request message, std::chrono::milliseconds timeout);
PLANGUILD_OPERATIONS(PLANGUILD_START)
#undef PLANGUILD_START

void completion_queue::give_up(ticket which) {
  compat::tell(bridge_->actor, which);
}

outcome<completion_queue::ticket> completion_queue::subscribe(event_filter filter, event_callback told,
                                                              subscription_callback ended) {
  if (closed_) {
    return make_failure(failure_code::stopping, "The completion queue is closed.");
  }
  if (subscriptions_.size() >= options_.subscriptions_max) {
    return make_failure(failure_code::overloaded, "A completion queue has at most " +
                                                      std::to_string(options_.subscriptions_max) + " subscriptions.");
  }
  const auto which = next_ticket_++;
  shared_->listen(which);
  auto listener = compat::spawn<queue_listener>(
      guild_.system(), guild_.registry(),
      [shared = shared_, which](const runtime_event& event) { shared->arrive_event(which, event); },
      [shared = shared_, which] { shared->arrive(which, {}, gone(), true); });
  // From here at once, so that nothing this thread does afterwards is missed; and once more, which changes nothing, by
  // the bridge, who hears of a refusal.
  compat::tell(guild_.registry(), subscribe_request{listener, filter});
  compat::tell(bridge_->actor, which, subscribe_request{listener, filter});
  std::shared_ptr<void> subscriber{nullptr, [listener](void*) { compat::end(listener); }};
  subscriptions_.emplace(which, subscription{std::move(told), std::move(ended), std::move(subscriber)});
  return which;
}

void completion_queue::unsubscribe(ticket which) {
  if (subscriptions_.erase(which) > 0) {
    shared_->forget(which);
  }
}

}  // namespace planguild
