// What the outside will do: see the header.
#include "tests/simulation/event_queue.hpp"

#include <algorithm>
#include <utility>

namespace planguild::simulation {

void event_queue::add(std::uint64_t lane, std::int64_t due_ms, std::function<void()> what) {
  lanes_[lane].push_back({due_ms, std::move(what)});
}

void event_queue::drop(std::uint64_t lane) {
  lanes_.erase(lane);
}

std::size_t event_queue::ready(std::int64_t now_ms) const {
  return static_cast<std::size_t>(std::count_if(
      lanes_.begin(), lanes_.end(), [now_ms](const auto& lane) { return lane.second.front().due_ms <= now_ms; }));
}

void event_queue::run_one(std::int64_t now_ms, std::size_t choice) {
  auto lane = lanes_.begin();
  for (;; ++lane) {
    if (lane->second.front().due_ms <= now_ms && choice-- == 0) {
      break;
    }
  }
  const auto what = std::move(lane->second.front().what);
  lane->second.pop_front();
  if (lane->second.empty()) {
    lanes_.erase(lane);
  }
  what();
}

std::optional<std::int64_t> event_queue::next_due_ms() const {
  std::optional<std::int64_t> next;
  for (const auto& [number, events] : lanes_) {
    next = std::min(next.value_or(events.front().due_ms), events.front().due_ms);
  }
  return next;
}

}  // namespace planguild::simulation
