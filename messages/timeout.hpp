// Seconds, as configuration and manifests give them, as a timer's milliseconds. Pure, any thread.
#pragma once

#include <cstdint>

#include "messages/limits.hpp"

namespace planguild {

/// Milliseconds of `seconds`: 0 for what is not above 0, at most limits::timeout_ms_max. Never undefined, whatever the
/// number: what does not fit an integer is cut before it becomes one.
inline std::int64_t timeout_ms_of(double seconds) {
  if (!(seconds > 0)) {
    return 0;
  }
  const double ms = seconds * 1'000.0;
  return ms < static_cast<double>(limits::timeout_ms_max) ? static_cast<std::int64_t>(ms) : limits::timeout_ms_max;
}

}  // namespace planguild
