// When a planner that died may be started again, and when it has died too often. Plain class; owned by one lifecycle.
#pragma once

#include <cstdint>
#include <deque>

#include "messages/environment.hpp"

namespace planguild {

class restart_backoff {
 public:
  /// Notes a death at `now_ms` (monotonic). False: there have been limits::restarts_max restarts within
  /// limits::restart_window_ms, the budget is spent.
  bool may_restart(std::int64_t now_ms);

  /// How long to wait before the next restart: doubling from restart_backoff_ms_min to restart_backoff_ms_max, ±
  /// jitter.
  std::int64_t next_delay_ms(random_source& random);

  /// Forgets everything: after a retirement, a stop by hand or new bytes. A restart that succeeds keeps the history,
  /// else a planner that starts well and dies at work would never spend its budget.
  void reset();

 private:
  std::deque<std::int64_t> restarts_ms_;  // moments of the last restarts, oldest first; at most restarts_max
  int consecutive_ = 0;
};

}  // namespace planguild
