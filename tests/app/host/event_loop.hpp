// An event loop around a completion queue, and the requests that its tests submit. Test support; the loop's thread.
#pragma once

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "app/host/completion_queue.hpp"
#include "messages/planning.hpp"

namespace planguild::test {

/// Whether the queue's descriptor is readable within `wait_ms`.
inline bool is_readable(const completion_queue& queue, int wait_ms = 0) {
  pollfd entry{queue.fd(), POLLIN, 0};
  return ::poll(&entry, 1, wait_ms) == 1;
}

/// Drains until `done`, as an event loop would: sleeping on the descriptor and the next deadline. False after 20 s.
template <class Done>
bool loop_until(completion_queue& queue, Done done) {
  using namespace std::chrono_literals;
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (!done()) {
    const auto now = std::chrono::steady_clock::now();
    if (now > end) return false;
    const auto until = std::min(queue.next_deadline().value_or(end), end);
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::max(until - now, 0ns));
    (void)is_readable(queue, static_cast<int>(wait.count()));
    queue.drain(100, 10ms);
  }
  return true;
}

inline plan_request plan_of(const std::string& planner, const std::string& objective = "improve it") {
  plan_request request;
  request.planner = planner;
  request.request.objective = objective;
  return request;
}

}  // namespace planguild::test
