// The completion queue: tickets, deadlines and the hand-over between actors' threads and the host's. See the header.
#include "app/host/completion_queue.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "app/host/completion_state.hpp"
#include "app/host/runtime.hpp"

namespace planguild {

completion_queue::completion_queue(runtime& guild, completion_queue_options options)
    : guild_(guild), options_(options), shared_(std::make_shared<shared_state>(options.events_max)) {}

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
    methods += (methods.empty() ? "" : ", ") + std::string{method} + " × " + std::to_string(count);
  }
  guild_.options().outside.log->log(log_level::warning, "host", "A completion queue was destroyed with work in flight.",
                                    {{"dropped", methods}});
}

int completion_queue::fd() const noexcept {
  return shared_->fd();
}

outcome<completion_queue::ticket> completion_queue::admit(entry made, std::chrono::milliseconds timeout) {
  if (closed_) {
    return make_failure(failure_code::stopping, "The completion queue is closed.");
  }
  if (shared_->fd() < 0) {
    return make_failure(failure_code::overloaded, "The process has no descriptor left for this completion queue.");
  }
  if (entries_.size() >= options_.in_flight_max) {
    return make_failure(failure_code::overloaded, "More than " + std::to_string(options_.in_flight_max) +
                                                      " operations of this completion queue are in flight.");
  }
  const auto which = next_ticket_++;
  // A longer wait than a day is a mistake, and must not overflow the clock.
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
  ending.ended = true;
  deadlines_.erase({ending.deadline, which});
  if (ending.give_up) {
    ending.give_up();
  }
  arrival made;
  made.which = which;
  made.problem = std::move(problem);
  ready_.push_back(std::move(made));
  shared_->raise();
}

bool completion_queue::cancel(ticket which) {
  const auto found = entries_.find(which);
  if (closed_ || found == entries_.end() || found->second.ended || shared_->has_answer(which)) {
    return false;
  }
  end(which, make_failure(failure_code::cancelled, "The request was cancelled."));
  return true;
}

void completion_queue::expire() {
  const auto now = clock::now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const auto which = deadlines_.begin()->second;
    if (shared_->has_answer(which)) {
      deadlines_.erase(deadlines_.begin());  // it came in time, only drain is late
    } else {
      end(which, make_failure(failure_code::deadline_exceeded, "No answer came within the timeout."));
    }
  }
}

std::optional<completion_queue::clock::time_point> completion_queue::next_deadline() const {
  return deadlines_.empty() ? std::nullopt : std::optional{deadlines_.begin()->first};
}

bool completion_queue::take_next(arrival& next) {
  if (ready_.empty()) {
    shared_->take(ready_);
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
      // The descriptor tells the truth also when a callback threw.
      queue.shared_->settle(queue.ready_.empty());
    }
  } const scope{*this};
  expire();
  const auto until = clock::now() + time_max;
  std::size_t count = 0;
  arrival next;
  while (count < items_max && (count == 0 || clock::now() < until) && take_next(next)) {
    count += run(std::move(next)) ? 1 : 0;
    next = {};
  }
  return count;
}

/// Whether there was somebody to call.
bool completion_queue::run(arrival next) {
  if (const auto subscribed = subscriptions_.find(next.which); subscribed != subscriptions_.end()) {
    const auto told = subscribed->second.told;  // a copy: the callback may unsubscribe itself
    told(*std::any_cast<runtime_event>(&next.answer), next.events_dropped);
    return true;
  }
  const auto found = entries_.find(next.which);
  if (found == entries_.end() || (found->second.ended && !next.problem)) {
    return false;  // a late reply: its ticket was cancelled or ran out of time
  }
  const auto ending = std::move(found->second);
  deadlines_.erase({ending.deadline, next.which});
  entries_.erase(found);
  ending.finish(next.answer, next.problem ? &*next.problem : nullptr);
  return true;
}

closing_report completion_queue::close() {
  if (closed_) {
    return *closed_;
  }
  std::map<std::string_view, std::uint64_t> methods;
  for (auto& [which, dropped] : entries_) {
    ++methods[dropped.method];
    if (dropped.give_up && !dropped.ended) {
      dropped.give_up();
    }
  }
  closing_report report;
  report.dropped = entries_.size();
  report.by_method = {methods.begin(), methods.end()};
  report.events_dropped = shared_->close();
  subscriptions_.clear();  // their bridges unsubscribe
  entries_.clear();
  deadlines_.clear();
  ready_.clear();
  closed_ = report;
  return report;
}

}  // namespace planguild
