// An actor system on the test scheduler and a clock that only a test moves: no thread, no sleeping. The one test header
// that knows how CAF 0.17 and 1.x differ. Owned by one test.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "messages/caf.hpp"
#include "messages/type_ids.hpp"

#if PLANGUILD_CAF_1
#include <caf/event_based_actor.hpp>
#include <caf/test/fixture/deterministic.hpp>
#else
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#endif

namespace planguild::test {

/// The answer to a request of a test: empty until it came.
template <class Reply>
using answer = std::shared_ptr<std::optional<Reply>>;

class test_system {
 public:
  test_system();
  ~test_system();
  test_system(const test_system&) = delete;
  test_system& operator=(const test_system&) = delete;

  caf::actor_system& system() noexcept;

  /// Runs what is ready until nothing is.
  void run();

  /// Moves the clock in steps of 1 ms, running everything that becomes due and ready on the way.
  void advance(std::int64_t ms);

  // -- one step at a time, for tests that choose the order themselves
  // --------------------------------------------------

  /// How many actors could handle a message now; one that is held does not count. With CAF 1.x: 1 or 0.
  std::size_t ready() const;

  /// Lets one ready actor handle one message: the one that `choice`, any number, points to. False if none is ready.
  /// With CAF 1.x, whose test scheduler keeps the messages of all actors in one queue, the choice is always the oldest.
  bool run_one(std::uint64_t choice);

  /// From now on `actor` handles nothing, as if its thread were busy, until release(). One actor at a time. With
  /// CAF 1.x this does nothing.
  template <class Handle>
  void hold(const Handle& actor) {
#if PLANGUILD_CAF_1
    (void)actor;
#else
    held_ = dynamic_cast<caf::resumable*>(caf::actor_cast<caf::abstract_actor*>(actor));
#endif
  }
  void release();

  /// Milliseconds until the next timer of actors; none if there is none. With CAF 1.x: 1 if there is one.
  std::optional<std::int64_t> next_timer_ms();

  /// Moves the clock by `ms` at once and runs nobody: what becomes due waits in the mailboxes.
  void pass(std::int64_t ms);

  /// Forgets every timer of actors that have ended, so that the next ones start without a past.
  void forget_timers();

  /// Calls `what` after `ms` of test time.
  void after(std::int64_t ms, std::function<void()> what);

  std::int64_t now_ms() const noexcept { return now_ms_; }

  /// Sends a request now; its answer appears in the result while the system runs.
  template <class Reply, class Handle, class Message>
  answer<Reply> ask(const Handle& receiver, Message message) {
    auto slot = std::make_shared<std::optional<Reply>>();
    ask_then<Reply>(
        receiver, std::move(message), [slot](Reply& reply) { *slot = std::move(reply); },
        [] { /* the receiver ended: the slot stays empty */ });
    return slot;
  }

  /// Sends a request; one of the callbacks is called for each answer while the system runs.
  template <class Reply, class Handle, class Message>
  void ask_then(const Handle& receiver, Message message, std::function<void(Reply&)> answered,
                std::function<void()> receiver_ended) {
    // Without its type: checking it anew for every test's request takes a fifth of the compile time of the tests.
    system().spawn([answered = std::move(answered), receiver_ended = std::move(receiver_ended),
                    untyped = caf::actor_cast<caf::actor>(receiver),
                    message = std::move(message)](caf::event_based_actor* self) {
      auto on_reply = [answered](Reply& reply) { answered(reply); };
      auto on_error = [receiver_ended](caf::error&) { receiver_ended(); };
#if PLANGUILD_CAF_1
      self->mail(message).request(untyped, caf::infinite).then(on_reply, on_error);
#else
      self->request(untyped, caf::infinite, message).then(on_reply, on_error);
#endif
    });
  }

 private:
  struct fixture;
  std::unique_ptr<fixture> fixture_;
  std::multimap<std::int64_t, std::function<void()>> timers_;
#if !PLANGUILD_CAF_1
  caf::resumable* held_ = nullptr;
#endif
  std::int64_t now_ms_ = 1'000'000;
};

}  // namespace planguild::test
