// How long the answer to an operation is awaited at most. Pure functions, any thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "app/host/operations.hpp"
#include "app/rpc/rpc_limits.hpp"

namespace planguild {

/// The request's own timeout in milliseconds, or what an operation without one gets. A plan without one ends by the
/// runtime's own, which nobody else knows.
template <class Request>
std::int64_t own_timeout_ms(const Request& request) {
  if constexpr (
      requires { request.request.timeout_ms; } && !requires { request.timeout_ms; }) {
    return request.request.timeout_ms;
  } else if constexpr (requires { request.timeout_ms; }) {
    return request.timeout_ms;
  } else {
    return rpc_limits::control_ms;
  }
}
inline std::int64_t own_timeout_ms(const plan_request& request) {
  return request.timeout_ms == 0 ? limits::timeout_ms_max : request.timeout_ms;
}

/// As above, bounded, with `margin_ms` added.
template <class Request>
std::int64_t wait_ms_of(const Request& request, std::int64_t margin_ms) {
  return std::clamp<std::int64_t>(own_timeout_ms(request), 0, limits::timeout_ms_max) + margin_ms;
}

}  // namespace planguild
