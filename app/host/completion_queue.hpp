// The port for hosts with an event loop of their own: submit operations, watch one descriptor, run the callbacks of
// what has ended on the loop's own thread. Confined to one host thread (everything but the actor system's side of it);
// one host may have many queues. It never blocks on the runtime, and wakes nobody while nothing ends.
//
//   host thread                                        actors' threads
//   submit, cancel ──────────> bridge (one actor per queue) ──> registry, profiler, planning conversations
//   drain <─ callbacks ─ arrivals (mutex, eventfd) <─ bridge <─ answers, events
#pragma once

#include <any>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/host/operations.hpp"
#include "messages/events.hpp"

namespace planguild {

class runtime;

struct completion_queue_options {
  std::size_t in_flight_max = 4'096;  // tickets that have not ended, and given-up operations that still run
  std::size_t events_max = 1'024;     // events that wait for drain; over it the oldest is dropped and counted
  std::size_t subscriptions_max = 16;
};

/// What was in flight when a queue was closed; its callbacks never run.
struct closing_report {
  std::uint64_t dropped = 0;
  std::vector<std::pair<std::string_view, std::uint64_t>> by_method;  // sorted by method
  std::uint64_t events_dropped = 0;                                   // in the queue's life
};

class completion_queue {
 public:
  using clock = std::chrono::steady_clock;
  /// Never used again within a queue; 0 is none.
  using ticket = std::uint64_t;
  template <class Request>
  using callback = std::function<void(outcome<reply_of<Request>>)>;
  /// `dropped`: events of this subscription that were lost right before this one, because drain was not called in time.
  using event_callback = std::function<void(const runtime_event& event, std::uint64_t dropped)>;
  using subscription_callback = std::function<void(const failure& reason)>;

  /// `guild` must outlive the queue.
  explicit completion_queue(runtime& guild, completion_queue_options options = {});
  /// Closes; what was dropped goes into the runtime's log. Not from a callback.
  ~completion_queue();
  completion_queue(const completion_queue&) = delete;
  completion_queue& operator=(const completion_queue&) = delete;

  /// Readable (poll, level-triggered) while something waits for drain. Owned by the queue; -1 if the process had no
  /// descriptor left (then every submit is `overloaded`).
  int fd() const noexcept;

  /// Starts an operation; operations reach the registry in the order of submission. Its ticket ends exactly once:
  /// `done` is called in a later drain with the answer, or with `deadline_exceeded` after `timeout` (at once for <= 0),
  /// or `cancelled`, or `stopping`. The smaller of `timeout` and the request's own applies. Fails, and `done` is never
  /// called, with `overloaded` over in_flight_max and `stopping` once the queue is closed.
  template <class Request>
  outcome<ticket> submit(Request request, std::chrono::milliseconds timeout, callback<Request> done) {
    entry made;
    made.method = operation_traits<Request>::method;
    made.finish = [done = std::move(done)](std::any& answer, const failure* problem) {
      using answer_type = outcome<reply_of<Request>>;
      done(problem != nullptr ? answer_type{*problem} : std::move(*std::any_cast<answer_type>(&answer)));
    };
    auto accepted = admit(std::move(made), timeout);
    if (accepted && timeout.count() > 0) {
      start(*accepted, std::move(request), timeout);
    }
    return accepted;
  }

  /// Ends a ticket with `cancelled`, if it has no answer yet; an acquire or plan behind it is given up, down to the
  /// planner where one is at work. False if the ticket has ended, or its answer waits for drain.
  bool cancel(ticket which);

  /// Runs callbacks of what has ended, in the order in which it did: at most `items_max`, and none begins after
  /// `time_max`, save the first; returns how many. Callbacks may submit, cancel, subscribe, unsubscribe and close
  /// (drain within drain does nothing); they must not destroy the queue. What a callback throws comes out of drain; its
  /// ticket has ended and the queue goes on.
  std::size_t drain(std::size_t items_max, std::chrono::milliseconds time_max);

  /// When drain has to be called although `fd` is silent, because a ticket's time runs out; none: never.
  std::optional<clock::time_point> next_deadline() const;

  /// Tickets that have not ended.
  std::size_t in_flight() const noexcept { return entries_.size(); }

  /// Calls `told` in drain for every event that `filter` accepts; none is missed of what this thread causes from now
  /// on. `ended` is called in drain, once, if the runtime refuses (`overloaded`) or stops (`stopping`). Fails with
  /// `overloaded` over subscriptions_max, `stopping` once the queue is closed.
  outcome<ticket> subscribe(event_filter filter, event_callback told, subscription_callback ended = {});
  /// `told` and `ended` are not called any more. Unknown subscriptions are ignored.
  void unsubscribe(ticket subscription);

  /// Gives up on everything; no callback runs from now on. The second call returns the first one's report.
  closing_report close();

 private:
  struct entry {
    std::string_view method;
    std::function<void(std::any& answer, const failure* problem)> finish;
    clock::time_point deadline;
    bool can_give_up = false;  // the bridge knows whom to tell
    bool is_awaited = false;   // an answer is still to come
    bool is_over = false;      // its end is among `ready_`
  };
  struct arrival {
    ticket which = 0;
    std::uint64_t order = 0;       // in which arrivals are handed out
    bool of_subscription = false;  // an event, or with `problem` the subscription's end
    std::any answer;               // an outcome of the operation's reply, or a runtime_event; empty with `problem`
    std::optional<failure> problem;
    std::uint64_t events_dropped = 0;
  };
  struct subscription {
    event_callback told;
    subscription_callback ended;
    std::shared_ptr<void> subscriber;  // ends the actor that listens
  };
  struct shared_state;  // what the bridge reaches; outlives the queue as long as an actor holds it
  struct bridge;

  outcome<ticket> admit(entry made, std::chrono::milliseconds timeout);
  template <class Request>
  void start(ticket which, Request message, std::chrono::milliseconds timeout);
  void give_up(ticket which);
  void end(ticket which, failure problem);
  void accept();
  void expire();
  bool take_next(arrival& next);
  bool run(arrival next);
  bool tell(arrival next);

  runtime& guild_;
  const completion_queue_options options_;
  std::shared_ptr<shared_state> shared_;
  std::shared_ptr<bridge> bridge_;  // the queue's alone; null once closed
  std::unordered_map<ticket, entry> entries_;
  std::set<std::pair<clock::time_point, ticket>> deadlines_;  // of tickets that are not over
  std::deque<arrival> ready_;                                 // ends of tickets, by order
  std::unordered_map<ticket, subscription> subscriptions_;
  std::size_t given_up_ = 0;  // operations whose tickets ended before their answers came
  ticket next_ticket_ = 1;
  bool draining_ = false;
  std::optional<closing_report> closed_;
};

}  // namespace planguild
