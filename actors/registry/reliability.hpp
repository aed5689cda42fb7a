// How one planner has behaved: weights of successes and failures that halve every half-life. Owned by whoever owns the
// record (the planner table); one thread at a time. Knows no clock: the caller passes monotonic seconds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "messages/environment.hpp"
#include "messages/planner.hpp"

namespace planguild {

class reliability {
 public:
  /// `half_life_s` <= 0: no decay. `now_s` is the monotonic time from which decay counts.
  reliability(double half_life_s, double now_s) noexcept;

  /// Counts one invocation. `error` is kept only with a failure and when not empty, cut to
  /// limits::last_error_code_points; a success does not clear it. A `now_s` before an earlier one counts as that one.
  void update(bool success, double duration_ms, std::string_view error, double now_s);

  /// Adds what a store remembers, aged by the wall time since it was saved (never less than 0). Weights that are
  /// negative or not finite count as 0. Call it once per store: it adds, so that what happened meanwhile is kept.
  void recall(const stored_reliability& stored, double now_s, std::int64_t now_wall_ms);

  /// (s + 1) / (s + f + 2) at `now_s`, unrounded; 0.5 without history.
  double score(double now_s) const noexcept;

  /// For everybody else: the score rounded to 4 decimals, the mean duration to 2.
  reliability_view view(double now_s) const;

  double success_weight(double now_s) const noexcept { return success_weight_ * decay_until(now_s); }
  double failure_weight(double now_s) const noexcept { return failure_weight_ * decay_until(now_s); }
  std::int64_t invocations() const noexcept { return invocations_; }
  std::int64_t failures() const noexcept { return failures_; }
  /// Over all invocations, unrounded; 0 without any.
  double mean_duration_ms() const noexcept;
  const std::string& last_error() const noexcept { return last_error_; }

 private:
  /// What is left of a weight at `now_s`; 1 where time stands still or goes back.
  double decay_until(double now_s) const noexcept;
  void advance(double now_s) noexcept;

  double half_life_s_;
  double reference_s_;  // the weights are as of this moment; never goes back
  double success_weight_ = 0;
  double failure_weight_ = 0;
  std::int64_t invocations_ = 0;
  std::int64_t failures_ = 0;
  double total_duration_ms_ = 0;
  std::string last_error_;
};

/// A floor, in hundredths, that a planner whose score is now `score` still reaches after a while unused: it drifts to
/// 0.5 then. One more failure may put it below.
double lasting_floor(double score) noexcept;

}  // namespace planguild
