// An actor system on the test scheduler and a clock that only a test moves: no thread, no sleeping. The one test header
// that knows how CAF 0.17 and 1.x differ. Owned by one test.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

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

  /// Calls `what` after `ms` of test time.
  void after(std::int64_t ms, std::function<void()> what);

  std::int64_t now_ms() const noexcept { return now_ms_; }

  /// Sends a request now; its answer appears in the result while the system runs.
  template <class Reply, class Handle, class Message>
  answer<Reply> ask(const Handle& receiver, Message message) {
    auto slot = std::make_shared<std::optional<Reply>>();
    system().spawn([slot, receiver, message = std::move(message)](caf::event_based_actor* self) {
      auto on_reply = [slot](Reply& reply) { *slot = std::move(reply); };
      auto on_error = [](caf::error&) { /* the receiver ended: the slot stays empty */ };
#if PLANGUILD_CAF_1
      self->mail(message).request(receiver, caf::infinite).then(on_reply, on_error);
#else
      self->request(receiver, caf::infinite, message).then(on_reply, on_error);
#endif
    });
    return slot;
  }

 private:
  struct fixture;
  std::unique_ptr<fixture> fixture_;
  std::multimap<std::int64_t, std::function<void()>> timers_;
  std::int64_t now_ms_ = 1'000'000;
};

}  // namespace planguild::test
