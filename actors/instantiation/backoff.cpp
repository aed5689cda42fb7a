// Restart back-off: see the header. Plain class, no CAF.
#include "actors/instantiation/backoff.hpp"

#include <algorithm>
#include <cmath>

#include "messages/limits.hpp"

namespace planguild {

bool restart_backoff::may_restart(std::int64_t now_ms) {
  while (!restarts_ms_.empty() && now_ms - restarts_ms_.front() > limits::restart_window_ms) {
    restarts_ms_.pop_front();
  }
  if (restarts_ms_.empty()) {
    consecutive_ = 0;
  }
  if (restarts_ms_.size() >= static_cast<std::size_t>(limits::restarts_max)) {
    return false;
  }
  restarts_ms_.push_back(now_ms);
  return true;
}

std::int64_t restart_backoff::next_delay_ms(random_source& random) {
  const auto doubled = std::ldexp(static_cast<double>(limits::restart_backoff_ms_min), std::min(consecutive_, 30));
  ++consecutive_;
  const auto bounded = std::min(doubled, static_cast<double>(limits::restart_backoff_ms_max));
  const auto unit = static_cast<double>(random.next() >> 11) * 0x1.0p-53;  // [0, 1)
  return static_cast<std::int64_t>(bounded * (1.0 + limits::restart_jitter * (2.0 * unit - 1.0)));
}

void restart_backoff::reset() {
  restarts_ms_.clear();
  consecutive_ = 0;
}

}  // namespace planguild
