// Which planners are to be probed, and how many at once: a probe is a process, and one scan may find thousands. Plain
// class, owned by the registry actor.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>

namespace planguild {

class admission_queue {
 public:
  /// Queues `name` unless it is queued or running. `first`: it belongs to the first discovery, for whose admissions
  /// selections wait.
  void add(const std::string& name, bool first);

  /// The next planner to probe, now counted as running; none if limits::probes_at_once_max run or nobody waits.
  std::optional<std::string> next();

  /// `name` has been judged, or its record is gone.
  void finished(const std::string& name);

  bool contains(const std::string& name) const;
  bool empty() const noexcept { return queued_.empty() && running_.empty(); }
  bool first_settled() const noexcept { return first_.empty(); }

 private:
  std::deque<std::string> queue_;  // may hold names that are finished; `queued_` knows
  std::set<std::string> queued_;
  std::set<std::string> running_;
  std::set<std::string> first_;
};

}  // namespace planguild
