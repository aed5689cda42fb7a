// Every CAF spelling that differs between 0.17 (Debian, Ubuntu) and 1.x (upstream), in one place. The rest of the tree
// says `compat::` and compiles against both. Interfaces and actors include this; plain classes never do.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "messages/failure.hpp"
#include "messages/fields.hpp"

#if CAF_MAJOR_VERSION >= 1
#include <caf/actor_from_state.hpp>
#include <caf/anon_mail.hpp>
#include <caf/init_global_meta_objects.hpp>
#define PLANGUILD_CAF_1 1
#else
#include <caf/meta/type_name.hpp>
#define PLANGUILD_CAF_1 0
#endif

namespace planguild::compat {

// -- inspect: one list of fields (messages/fields.hpp) serves both inspector families
// -----------------------------------

#if !PLANGUILD_CAF_1
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

// 0.17 knows no std::optional: it crosses as a flag, followed by the value if the flag is set.
template <class Inspector, class T>
caf::error inspect_one_0_17(Inspector& inspector, T& field) {
  if constexpr (is_optional<T>::value) {
    bool has_value = field.has_value();
    if (auto problem = inspector(has_value)) {
      return problem;
    }
    if constexpr (Inspector::writes_state) {
      field.reset();
      if (has_value) {
        field.emplace();
      }
    }
    return has_value ? inspector(*field) : caf::error{};
  } else {
    return inspector(field);
  }
}
#endif

template <class Inspector, class T>
auto inspect_fields(Inspector& inspector, T& value) {
#if PLANGUILD_CAF_1
  constexpr auto names = planguild_field_names(static_cast<const std::remove_const_t<T>*>(nullptr));
  return planguild_visit(
      [&](auto&... fields) {
        auto references = std::tie(fields...);
        return [&]<std::size_t... Index>(std::index_sequence<Index...>) {
          return inspector.object(value).fields(inspector.field(names[Index], std::get<Index>(references))...);
        }(std::index_sequence_for<decltype(fields)...>{});
      },
      value);
#else
  if constexpr (std::is_same_v<typename Inspector::result_type, caf::error>) {
    return planguild_visit(
        [&](auto&... fields) {
          caf::error result;
          (void)((!(result = inspect_one_0_17(inspector, fields))) && ...);
          return result;
        },
        value);
  } else {  // the stringification inspector: text for logs, no round trip
    return inspector(
        caf::meta::type_name(planguild_type_name(static_cast<const std::remove_const_t<T>*>(nullptr)).data()));
  }
#endif
}

// -- interfaces
// ---------------------------------------------------------------------------------------------------------

#if PLANGUILD_CAF_1
template <class... Signatures>
struct interface_of {
  using type = caf::typed_actor<Signatures...>;
};
template <class Signature>
struct signature_of;
template <class Reply, class... Args>
struct signature_of<Reply(Args...)> {
  using type = caf::result<Reply>(Args...);
};
#else
template <class... Signatures>
struct interface_of {
  using type = caf::typed_actor<Signatures...>;
};
template <class Signature>
struct signature_of;
template <class Reply, class... Args>
struct signature_of<Reply(Args...)> {
  using type = typename caf::replies_to<Args...>::template with<Reply>;
};
#endif

/// A typed actor handle whose signatures read `reply(request)`. Never reply void: say `ack`.
template <class... Signatures>
using actor_of = typename interface_of<typename signature_of<Signatures>::type...>::type;

// -- actors: a state class and its host
// -----------------------------------------------------------------------------------

/// The actor that hosts a state. What a state sees of it is `self`: clock, monitors, requests.
template <class Interface>
class actor_base : public Interface::base {
 public:
  using super = typename Interface::base;
  explicit actor_base(caf::actor_config& configuration) : super(configuration) {}

  /// Calls `on_down` with the reason once `handle` has ended; at once if it has already. The callback may capture the
  /// state's `this`: it is dropped with the actor.
  template <class Handle>
  void watch(const Handle& handle, std::function<void(const caf::error&)> on_down) {
#if PLANGUILD_CAF_1
    this->monitor(handle, [callback = std::move(on_down)](const caf::error& reason) { callback(reason); });
#else
    watchers_.emplace(handle.address(), std::move(on_down));
    this->set_down_handler([this](caf::down_msg& down) {
      auto found = watchers_.find(down.source);
      if (found != watchers_.end()) {
        auto callback = std::move(found->second);
        watchers_.erase(found);
        callback(down.reason);
      }
    });
    this->monitor(handle);
#endif
  }

  Interface handle() { return Interface{this}; }

 private:
#if !PLANGUILD_CAF_1
  std::multimap<caf::actor_addr, std::function<void(const caf::error&)>> watchers_;
#endif
};

/// Base of state classes: `struct x : compat::state<interface> { x(self_pointer, …); behavior_type make_behavior(); }`.
template <class Interface>
struct state {
  using interface_type = Interface;
  using self_pointer = actor_base<Interface>*;
  using behavior_type = typename Interface::base::behavior_type;
};

/// Runs one state. The state ends with the actor's exit, not with the last reference to it, so that handles it holds
/// cannot keep a cycle of actors alive.
template <class State>
class host final : public actor_base<typename State::interface_type> {
 public:
  using super = actor_base<typename State::interface_type>;

  template <class... Args>
  explicit host(caf::actor_config& configuration, Args&&... args) : super(configuration) {
    state_.emplace(this, std::forward<Args>(args)...);
  }

  const char* name() const override { return State::name; }
  void on_exit() override {
    state_.reset();
    super::on_exit();
  }

 protected:
  typename State::behavior_type make_behavior() override { return state_->make_behavior(); }

 private:
  std::optional<State> state_;
};

/// Starts `State`; `spawner` is an actor system or an actor.
template <class State, class Spawner, class... Args>
typename State::interface_type spawn(Spawner& spawner, Args&&... args) {
  return spawner.template spawn<host<State>>(std::forward<Args>(args)...);
}

/// Starts `State` on a thread of its own, for work that blocks (file reading).
template <class State, class Spawner, class... Args>
typename State::interface_type spawn_detached(Spawner& spawner, Args&&... args) {
  return spawner.template spawn<host<State>, caf::detached>(std::forward<Args>(args)...);
}

// -- replies that come later
// ------------------------------------------------------------------------------------------------

/// A reply that is still owed. Move-only. Dropping it answers "receiver down", because 0.17 would let the requester
/// wait for ever.
template <class Reply>
class promise {
 public:
  promise() = default;
  template <class Interface>
  explicit promise(actor_base<Interface>* self) : inner_(self->template make_response_promise<Reply>()) {}
  promise(promise&& other) noexcept : inner_(std::exchange(other.inner_, {})) {}
  promise& operator=(promise&& other) noexcept {
    if (this != &other) {
      drop();
      inner_ = std::exchange(other.inner_, {});
    }
    return *this;
  }
  promise(const promise&) = delete;
  promise& operator=(const promise&) = delete;
  ~promise() { drop(); }

  /// Answers; later calls do nothing.
  void deliver(Reply reply) {
    if (inner_.pending()) {
      inner_.deliver(std::move(reply));
    }
  }
  bool pending() const { return inner_.pending(); }

 private:
  void drop() {
    if (inner_.pending()) {
      inner_.deliver(caf::make_error(caf::sec::request_receiver_down));
    }
  }
  caf::typed_response_promise<Reply> inner_;
};

// -- sending
// ------------------------------------------------------------------------------------------------------------------

/// Sends one message, of one part or several, without a sender, from any thread or actor; a reply, if there is one,
/// goes nowhere.
template <class Handle, class... Parts>
void tell(const Handle& receiver, Parts&&... parts) {
#if PLANGUILD_CAF_1
  caf::anon_mail(std::forward<Parts>(parts)...).send(receiver);
#else
  caf::anon_send(receiver, std::forward<Parts>(parts)...);
#endif
}

/// As `tell`, in the lane that work never blocks: stop, cancel.
template <class Handle, class Message>
void tell_urgent(const Handle& receiver, Message&& message) {
#if PLANGUILD_CAF_1
  caf::anon_mail(std::forward<Message>(message)).urgent().send(receiver);
#else
  caf::anon_send<caf::message_priority::high>(receiver, std::forward<Message>(message));
#endif
}

/// Sends `message` to `receiver` after `delay_ms` of the system's clock (the test clock under test). Cannot be taken
/// back: put a number into the message that tells whether it still counts. Ends early when `self` exits.
template <class Interface, class Handle, class Message>
void delay(actor_base<Interface>* self, const Handle& receiver, std::int64_t delay_ms, Message message) {
  const auto wait = std::chrono::milliseconds{delay_ms > 0 ? delay_ms : 0};
#if PLANGUILD_CAF_1
  self->run_delayed_weak(wait, [receiver, message = std::move(message)] { tell(receiver, message); });
#else
  (void)self;
  caf::delayed_anon_send(receiver, wait, std::move(message));
#endif
}

/// Requests without a deadline, for local actors whose end the caller learns by itself: `on_reply(Reply&)` or
/// `on_down(caf::error&)` is called in the requester's context.
template <class Interface, class Handle, class Message, class OnReply, class OnDown>
void ask(actor_base<Interface>* self, const Handle& receiver, Message&& message, OnReply on_reply, OnDown on_down) {
#if PLANGUILD_CAF_1
  self->mail(std::forward<Message>(message))
      .request(receiver, caf::infinite)
      .then(std::move(on_reply), std::move(on_down));
#else
  self->request(receiver, caf::infinite, std::forward<Message>(message)).then(std::move(on_reply), std::move(on_down));
#endif
}

/// Blocks the calling thread, which must be no actor, until the reply, the receiver's end or `timeout_ms`. The outer
/// failure is `stopping` (the receiver is gone) or `deadline_exceeded`.
template <class Reply, class Handle, class Message>
outcome<Reply> ask_blocking(caf::scoped_actor& self, const Handle& receiver, std::int64_t timeout_ms, Message message) {
  outcome<Reply> result;
  auto on_reply = [&](Reply& reply) { result = outcome<Reply>{std::move(reply)}; };
  auto on_down = [&](caf::error& reason) {
    const bool late = reason == caf::sec::request_timeout;
    result = failure{late ? failure_code::deadline_exceeded : failure_code::stopping,
                     late ? "No answer came in time." : "The runtime is stopping or has stopped.",
                     {},
                     {}};
  };
#if PLANGUILD_CAF_1
  self->mail(std::move(message)).request(receiver, std::chrono::milliseconds{timeout_ms}).receive(on_reply, on_down);
#else
  self->request(receiver, std::chrono::milliseconds{timeout_ms}, std::move(message)).receive(on_reply, on_down);
#endif
  return result;
}

/// Ends an actor; its state is destroyed, what it owes is answered with "receiver down".
template <class Handle>
void end(const Handle& actor) {
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

/// A reference that keeps nobody alive, for callbacks from foreign threads.
template <class Interface>
class weak {
 public:
  weak() = default;
  explicit weak(const Interface& actor) : address_(actor.address()) {}
  /// The handle, or a null one if the actor is gone.
  Interface lock() const {
    auto strong = caf::actor_cast<caf::strong_actor_ptr>(address_);
    return strong ? caf::actor_cast<Interface>(strong) : Interface{};
  }

 private:
  caf::actor_addr address_;
};

// -- configuration
// --------------------------------------------------------------------------------------------------------------

/// Sets the scheduler that suits a host: work sharing (no wake-ups when idle), `threads` workers, at most 50 messages
/// per turn, so that no actor starves the others. Call before the actor system exists.
inline void configure_scheduler(caf::actor_system_config& configuration, std::size_t threads) {
#if PLANGUILD_CAF_1
  configuration.set("caf.scheduler.policy", "sharing");
  configuration.set("caf.scheduler.max-threads", threads);
  configuration.set("caf.scheduler.max-throughput", std::size_t{50});
#else
  configuration.set("scheduler.policy", caf::atom("sharing"));
  configuration.set("scheduler.max-threads", threads);
  configuration.set("scheduler.max-throughput", std::size_t{50});
#endif
}

/// Registers the message types of an id block.
template <class Block>
void add_types(caf::actor_system_config& configuration) {
#if PLANGUILD_CAF_1
  (void)configuration;
  caf::core::init_global_meta_objects();  // once per process; later calls do nothing
  caf::init_global_meta_objects<Block>();
#else
  configuration.add_message_types<Block>();
#endif
}

}  // namespace planguild::compat
