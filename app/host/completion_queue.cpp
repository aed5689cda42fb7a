// The completion queue's host side: tickets, deadlines, and what drain calls. See the header; what talks to actors is
// in completion_start.cpp. Host thread.
#include "app/host/completion_queue.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <string>

#include "app/host/completion_state.hpp"
#include "app/host/runtime.hpp"
#include "messages/limits.hpp"

namespace planguild {

completion_queue::~completion_queue() {
  if (closed_) {
    return;
  }
  const auto report = close();
  if (report.dropped == 0) {
    return;
  }
  std::string methods;
  for (const auto& [method, count] : report.by_method) {
    methods += (methods.empty() ? "" : ", ") + std::string{method} + ": " + std::to_string(count);
  }
  guild_.options().outside.log->log(log_level::warning, "host", "A completion queue was destroyed with work in flight.",
                                    {{"dropped", methods}});
}

int completion_queue::fd() const noexcept {
  return shared_->descriptor();
}

outcome<completion_queue::ticket> completion_queue::admit(entry made, std::chrono::milliseconds timeout) {
  if (closed_) {
    return make_failure(failure_code::stopping, "The completion queue is closed.");
  }
  if (shared_->descriptor() < 0) {
    return make_failure(failure_code::overloaded, "The process has no descriptor left for this completion queue.");
  }
  if (entries_.size() + given_up_ >= options_.in_flight_max) {
    accept();  // what was given up may have ended meanwhile
  }
  if (entries_.size() + given_up_ >= options_.in_flight_max) {
    return make_failure(failure_code::overloaded, "This completion queue has " +
                                                      std::to_string(options_.in_flight_max) +
                                                      " operations in flight, and takes no more until one has ended.");
  }
  const auto which = next_ticket_++;
  // A longer wait is a mistake, and must not overflow the clock.
  made.deadline = clock::now() +
                  std::clamp(timeout, std::chrono::milliseconds{0}, std::chrono::milliseconds{limits::timeout_ms_max});
  deadlines_.emplace(made.deadline, which);
  entries_.emplace(which, std::move(made));
  if (timeout.count() <= 0) {
    end(which, make_failure(failure_code::deadline_exceeded, "The timeout was 0 ms or less."));
  }
  return which;
}

/// Ends a ticket on this side; what is still under way behind it is given up.
void completion_queue::end(ticket which, failure problem) {
  auto& ending = entries_.at(which);
  ending.is_over = true;
  deadlines_.erase({ending.deadline, which});
  if (ending.is_awaited) {
    ++given_up_;
    if (ending.can_give_up) {
      give_up(which);
    }
  }
  arrival made;
  made.which = which;
  made.order = shared_->raise();
  made.problem = std::move(problem);
  ready_.push_back(std::move(made));
}

/// Takes over what actors' threads have answered: the ends of tickets, save of those that ended here before.
void completion_queue::accept() {
  for (auto& arrived : shared_->take_answers()) {
    if (!arrived.of_subscription) {
      const auto found = entries_.find(arrived.which);
      if (found == entries_.end() || found->second.is_over) {
        --given_up_;
        continue;
      }
      found->second.is_awaited = false;
      found->second.is_over = true;
      deadlines_.erase({found->second.deadline, arrived.which});
    }
    ready_.push_back(std::move(arrived));
  }
}

bool completion_queue::cancel(ticket which) {
  accept();
  const auto found = entries_.find(which);
  if (found == entries_.end() || found->second.is_over) {
    return false;
  }
  end(which, make_failure(failure_code::cancelled, "The request was cancelled."));
  return true;
}

/// Ends what is late. What was answered in time is not, however late drain is.
void completion_queue::expire() {
  const auto now = clock::now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    end(deadlines_.begin()->second,
        make_failure(failure_code::deadline_exceeded, "No answer came within the timeout."));
  }
}

std::optional<completion_queue::clock::time_point> completion_queue::next_deadline() const {
  return deadlines_.empty() ? std::nullopt : std::optional{deadlines_.begin()->first};
}

bool completion_queue::take_next(arrival& next) {
  if (ready_.empty()) {
    accept();
  }
  const auto before = ready_.empty() ? std::numeric_limits<std::uint64_t>::max() : ready_.front().order;
  if (!subscriptions_.empty() && shared_->take_event(next, before)) {
    return true;
  }
  if (ready_.empty()) {
    return false;
  }
  next = std::move(ready_.front());
  ready_.pop_front();
  return true;
}

std::size_t completion_queue::drain(std::size_t items_max, std::chrono::milliseconds time_max) {
  if (closed_ || draining_) {
    return 0;
  }
  struct in_drain {
    completion_queue& queue;
    explicit in_drain(completion_queue& owner) : queue(owner) { queue.draining_ = true; }
    ~in_drain() {
      queue.draining_ = false;
      queue.shared_->settle(queue.ready_.empty());  // the descriptor tells the truth also when a callback threw
    }
  } const scope{*this};
  accept();
  expire();
  const auto begun = clock::now();
  std::size_t count = 0;
  arrival next;
  while (count < items_max && (count == 0 || clock::now() - begun < time_max) && take_next(next)) {
    count += run(std::move(next)) ? 1 : 0;
    next = {};
  }
  return count;
}

/// Whether there was somebody to call.
bool completion_queue::run(arrival next) {
  if (next.of_subscription) {
    return tell(std::move(next));
  }
  const auto found = entries_.find(next.which);
  const auto ending = std::move(found->second);
  entries_.erase(found);
  ending.finish(next.answer, next.problem ? &*next.problem : nullptr);
  return true;
}

/// The callbacks are copied: they may unsubscribe themselves.
bool completion_queue::tell(arrival next) {
  const auto found = subscriptions_.find(next.which);
  if (found == subscriptions_.end()) {
    return false;
  }
  if (!next.problem) {
    const auto told = found->second.told;
    told(*std::any_cast<runtime_event>(&next.answer), next.events_dropped);
    return true;
  }
  const auto ended = found->second.ended;
  unsubscribe(next.which);
  if (ended) {
    ended(*next.problem);
  }
  return static_cast<bool>(ended);
}

closing_report completion_queue::close() {
  if (closed_) {
    return *closed_;
  }
  std::map<std::string_view, std::uint64_t> methods;
  for (const auto& [which, dropped] : entries_) {
    ++methods[dropped.method];
  }
  closing_report report;
  report.dropped = entries_.size();
  report.by_method = {methods.begin(), methods.end()};
  report.events_dropped = shared_->close();
  closed_ = report;
  bridge_.reset();  // gives up on what is under way
  deadlines_.clear();
  ready_.clear();
  given_up_ = 0;
  // What a callback owns may end with it, and must find a closed queue.
  const auto subscriptions = std::exchange(subscriptions_, {});
  const auto entries = std::exchange(entries_, {});
  return report;
}

}  // namespace planguild
