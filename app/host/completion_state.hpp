// What a completion queue shares with actors' threads: arrivals behind a lock, and the descriptor that tells the host
// of them. Private to app/host/completion_queue*. Any thread; lives as long as the queue or an actor that may still
// answer.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <mutex>
#include <unordered_set>
#include <utility>

#include "app/host/completion_queue.hpp"
#include "app/host/system/descriptor.hpp"
#include "messages/limits.hpp"
#include "messages/type_ids.hpp"

namespace planguild {

struct completion_queue::shared_state {
  explicit shared_state(std::size_t events_max)
      : events_max_(events_max), event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  int fd() const noexcept { return event_.get(); }

  /// An answer came. Actors' threads. Dropped once the queue is closed.
  void arrive(ticket which, std::any answer, std::optional<failure> problem = {}) {
    arrival made;
    made.which = which;
    made.answer = std::move(answer);
    made.problem = std::move(problem);
    const std::lock_guard lock(mutex_);
    if (!closed_) {
      answered_.insert(which);
      arrivals_.push_back(std::move(made));
      raise_locked();
    }
  }

  /// An event came. Actors' threads.
  void arrive_event(ticket subscription, const runtime_event& event) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    if (events_waiting_ >= events_max_) {
      ++events_dropped_;
      ++events_dropped_all_;
      return;
    }
    ++events_waiting_;
    arrival made;
    made.which = subscription;
    made.answer = event;
    made.events_dropped = std::exchange(events_dropped_, 0);
    arrivals_.push_back(std::move(made));
    raise_locked();
  }

  /// Makes the descriptor readable. Host thread.
  void raise() {
    const std::lock_guard lock(mutex_);
    raise_locked();
  }

  /// Hands over everything that arrived. Host thread.
  void take(std::deque<arrival>& into) {
    const std::lock_guard lock(mutex_);
    std::swap(into, arrivals_);
    answered_.clear();
    events_waiting_ = 0;
  }

  bool has_answer(ticket which) {
    const std::lock_guard lock(mutex_);
    return answered_.contains(which);
  }

  /// After a drain: the descriptor is silent exactly if nothing waits. Host thread.
  void settle(bool nothing_ready) {
    const std::lock_guard lock(mutex_);
    if (nothing_ready && arrivals_.empty() && raised_) {
      std::uint64_t count = 0;
      (void)!::read(event_.get(), &count, sizeof(count));
      raised_ = false;
    }
  }

  /// Nothing arrives from now on; returns how many events were dropped before.
  std::uint64_t close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    arrivals_.clear();
    answered_.clear();
    return events_dropped_all_;
  }

 private:
  void raise_locked() {
    if (!std::exchange(raised_, true)) {
      const std::uint64_t one = 1;
      (void)!::write(event_.get(), &one, sizeof(one));
    }
  }

  const std::size_t events_max_;
  const planguild::descriptor event_;
  // Actors' threads meet the host's thread here. Held for a push, a swap or a look-up, never while anything runs; the
  // descriptor is written only when it was silent, so many answers cost one wake-up.
  std::mutex mutex_;
  std::deque<arrival> arrivals_;
  std::unordered_set<ticket> answered_;  // tickets among `arrivals_`
  std::size_t events_waiting_ = 0;
  std::uint64_t events_dropped_ = 0;
  std::uint64_t events_dropped_all_ = 0;
  bool raised_ = false;
  bool closed_ = false;
};

}  // namespace planguild
