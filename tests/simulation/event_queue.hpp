// What the outside (processes, store, a busy disk) will do and when, in lanes: the events of one lane come in order,
// and which lane goes first among those that are due is the caller's choice. Owned by one run; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>

namespace planguild::simulation {

class event_queue {
 public:
  /// `what` happens at `due_ms` of the run's clock, or later if the lane is busy until then.
  void add(std::uint64_t lane, std::int64_t due_ms, std::function<void()> what);

  /// What the lane has not done yet never happens.
  void drop(std::uint64_t lane);

  /// How many lanes could go on at `now_ms`.
  std::size_t ready(std::int64_t now_ms) const;

  /// Lets the `choice`-th of those go on by one event; requires that there are so many.
  void run_one(std::int64_t now_ms, std::size_t choice);

  /// When the next event is due; none if none is to come.
  std::optional<std::int64_t> next_due_ms() const;

 private:
  struct event {
    std::int64_t due_ms;
    std::function<void()> what;
  };
  std::map<std::uint64_t, std::deque<event>> lanes_;  // none is empty
};

}  // namespace planguild::simulation
