// What a completion queue shares with actors' threads: arrivals behind a lock, and the descriptor that tells the host
// of them. Private to app/host/completion_*. Any thread; lives as long as the queue or an actor that may still answer.
#pragma once

#include <sys/eventfd.h>

#include <deque>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "app/host/completion_queue.hpp"
#include "app/host/system/descriptor.hpp"
#include "messages/type_ids.hpp"

namespace planguild {

struct completion_queue::shared_state {
  explicit shared_state(std::size_t events_max)
      : events_max_(events_max), event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  int descriptor() const noexcept { return event_.get(); }

  /// An answer came, or with `of_subscription` its end. Actors' threads; after `close` nothing happens.
  void arrive(ticket which, std::any answer, std::optional<failure> problem, bool of_subscription = false) {
    arrival made{which, 0, of_subscription, std::move(answer), std::move(problem), 0};
    const std::lock_guard lock(mutex_);
    if (closed_) {
      return;
    }
    made.order = raise_locked();
    answers_.push_back(std::move(made));
  }

  /// An event came. Actors' threads; after `close` or `forget` nothing happens. The newest are kept: they tell how
  /// things are.
  void arrive_event(ticket subscription, const runtime_event& event) {
    arrival made{subscription, 0, true, event, {}, 0};
    const std::lock_guard lock(mutex_);
    if (closed_ || !lost_.contains(subscription)) {
      return;
    }
    made.order = raise_locked();
    events_.push_back(std::move(made));
    while (events_.size() > events_max_) {
      ++lost_[events_.front().which];
      ++lost_all_;
      events_.pop_front();
    }
  }

  /// Makes the descriptor readable for something of the host thread's own; returns its place among the arrivals.
  std::uint64_t raise() {
    const std::lock_guard lock(mutex_);
    return raise_locked();
  }

  /// Hands over all answers. Host thread.
  std::deque<arrival> take_answers() {
    const std::lock_guard lock(mutex_);
    return std::exchange(answers_, {});
  }

  /// Hands over the oldest event if it came before `order`. Host thread.
  bool take_event(arrival& into, std::uint64_t order) {
    const std::lock_guard lock(mutex_);
    if (events_.empty() || events_.front().order >= order) {
      return false;
    }
    into = std::move(events_.front());
    events_.pop_front();
    into.events_dropped = std::exchange(lost_[into.which], 0);
    return true;
  }

  void listen(ticket subscription) {
    const std::lock_guard lock(mutex_);
    lost_.emplace(subscription, 0);
  }
  void forget(ticket subscription) {
    const std::lock_guard lock(mutex_);
    lost_.erase(subscription);
    std::erase_if(events_, [subscription](const arrival& event) { return event.which == subscription; });
  }

  /// After a drain: the descriptor is silent exactly if nothing waits. Host thread.
  void settle(bool nothing_ready) {
    const std::lock_guard lock(mutex_);
    if (nothing_ready && answers_.empty() && events_.empty() && raised_) {
      std::uint64_t count = 0;
      (void)!::read(event_.get(), &count, sizeof(count));
      raised_ = false;
    }
  }

  /// Nothing arrives from now on; returns how many events were dropped before.
  std::uint64_t close() {
    std::deque<arrival> unread;  // destroyed outside the lock
    const std::lock_guard lock(mutex_);
    closed_ = true;
    std::swap(unread, answers_);
    events_.clear();
    lost_.clear();
    return lost_all_;
  }

 private:
  std::uint64_t raise_locked() {
    if (!std::exchange(raised_, true)) {
      const std::uint64_t one = 1;
      (void)!::write(event_.get(), &one, sizeof(one));
    }
    return next_order_++;
  }

  const std::size_t events_max_;
  const planguild::descriptor event_;
  // Actors' threads meet the host's thread here. Held for a push, a pop or a swap, never while anything is called; the
  // descriptor is written only when it was silent, so many answers cost one wake-up.
  std::mutex mutex_;
  std::deque<arrival> answers_;                     // at most in_flight_max, and one for each subscription
  std::deque<arrival> events_;                      // at most events_max_
  std::unordered_map<ticket, std::uint64_t> lost_;  // events dropped since the last one taken, by subscription
  std::uint64_t lost_all_ = 0;
  std::uint64_t next_order_ = 0;
  bool raised_ = false;
  bool closed_ = false;
};

}  // namespace planguild
