// One thread at a time.
#include "actors/registry/self_heal.hpp"

#include <algorithm>

#include "messages/limits.hpp"

namespace planguild {

std::optional<self_heal::step> self_heal::begin(const heal_request& request, std::uint64_t active, bool blocking,
                                                std::int64_t now_ms) {
  if (running_) {
    return std::nullopt;
  }
  heal_report report;
  report.before_active = active;
  report.after_active = active;
  if (active > 0) {
    return step{step_kind::done, false, 0, report};
  }
  if (last_begun_ms_ && now_ms - *last_begun_ms_ < request.cooldown_ms) {
    report.cooldown_skip = true;
    return step{step_kind::done, false, 0, report};
  }
  last_begun_ms_ = now_ms;
  request_ = request;
  request_.max_attempts = std::min(request.max_attempts, limits::heal_attempts_max);
  report_ = report;
  blocking_ = blocking;
  if (request_.max_attempts <= 0) {
    return step{step_kind::done, false, 0, report};
  }
  running_ = true;
  return next_attempt();
}

self_heal::step self_heal::next_attempt() {
  const bool first = report_.attempts == 0;
  ++report_.attempts;
  return {step_kind::attempt, request_.force || !first, 0, report_};
}

self_heal::step self_heal::attempted(std::uint64_t active) {
  report_.after_active = active;
  const bool exhausted = report_.attempts >= static_cast<std::uint64_t>(request_.max_attempts);
  if (active > 0 || exhausted || !blocking_) {
    running_ = false;
    return {step_kind::done, false, 0, report_};
  }
  // 0.2, 0.4, 0.8 … s; the shift stays far below 63 because of heal_attempts_max.
  const auto doubled = limits::heal_pause_ms_min << std::min<std::uint64_t>(report_.attempts - 1, 16);
  return {step_kind::wait, false, std::min(doubled, limits::heal_pause_ms_max), report_};
}

self_heal::step self_heal::waited() {
  return next_attempt();
}

}  // namespace planguild
