// Decaying weights. One thread at a time.
#include "actors/registry/reliability.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

double share_left(double elapsed_s, double half_life_s) noexcept {
  return half_life_s > 0 && elapsed_s > 0 ? std::pow(0.5, elapsed_s / half_life_s) : 1.0;
}

/// Both at least 0; the greatest value stays. A damaged store may hold any number.
std::int64_t sum(std::int64_t first, std::int64_t second) noexcept {
  constexpr auto greatest = std::numeric_limits<std::int64_t>::max();
  return first > greatest - second ? greatest : first + second;
}

double sum(double first, double second) noexcept {
  return std::min(first + second, std::numeric_limits<double>::max());
}

double sane(double weight) noexcept {
  return std::isfinite(weight) && weight > 0 ? weight : 0;
}

}  // namespace

reliability::reliability(double half_life_s, double now_s) noexcept : half_life_s_(half_life_s), reference_s_(now_s) {}

double reliability::decay_until(double now_s) const noexcept {
  return share_left(now_s - reference_s_, half_life_s_);
}

void reliability::advance(double now_s) noexcept {
  const double left = decay_until(now_s);
  success_weight_ *= left;
  failure_weight_ *= left;
  reference_s_ = std::max(reference_s_, now_s);
}

void reliability::update(bool success, double duration_ms, std::string_view error, double now_s) {
  advance(now_s);
  (success ? success_weight_ : failure_weight_) += 1;
  invocations_ = sum(invocations_, std::int64_t{1});
  total_duration_ms_ = sum(total_duration_ms_, sane(duration_ms));
  if (success) {
    return;
  }
  failures_ = sum(failures_, std::int64_t{1});
  if (!error.empty()) {
    last_error_ = text::cut_code_points(error, limits::last_error_code_points);
  }
}

void reliability::recall(const stored_reliability& stored, double now_s, std::int64_t now_wall_ms) {
  advance(now_s);
  // As doubles: a corrupt time must not overflow.
  const double elapsed_s =
      std::max(0.0, (static_cast<double>(now_wall_ms) - static_cast<double>(stored.saved_wall_ms)) / 1'000.0);
  const double left = share_left(elapsed_s, half_life_s_);
  success_weight_ = sum(success_weight_, sane(stored.success_weight) * left);
  failure_weight_ = sum(failure_weight_, sane(stored.failure_weight) * left);
  const auto invocations = std::max<std::int64_t>(stored.invocations, 0);
  invocations_ = sum(invocations_, invocations);
  failures_ = sum(failures_, std::clamp<std::int64_t>(stored.failures, 0, invocations));
  total_duration_ms_ = sum(total_duration_ms_, sane(stored.total_duration_ms));
  if (last_error_.empty()) {
    last_error_ = text::cut_code_points(stored.last_error, limits::last_error_code_points);
  }
}

double reliability::score(double now_s) const noexcept {
  if (success_weight_ == 0 && failure_weight_ == 0) {
    return 0.5;  // as below, without the power: most planners of a large catalogue have no history
  }
  const double successes = success_weight(now_s);
  const double failures = failure_weight(now_s);
  return (successes + 1) / (successes + failures + 2);
}

double reliability::mean_duration_ms() const noexcept {
  return invocations_ == 0 ? 0 : total_duration_ms_ / static_cast<double>(invocations_);
}

reliability_view reliability::view(double now_s) const {
  return {text::rounded(score(now_s), 4), invocations_, failures_, text::rounded(mean_duration_ms(), 2), last_error_};
}

double lasting_floor(double score) noexcept {
  return std::floor(std::min(score, 0.5) * 100) / 100;
}

}  // namespace planguild
