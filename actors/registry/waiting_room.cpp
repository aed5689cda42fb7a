// Waiting requests: see the header. Plain class, no CAF.
#include "actors/registry/waiting_room.hpp"

#include <utility>

#include "messages/limits.hpp"

namespace planguild {

bool waiting_room::has_room() const noexcept {
  return waiting_.size() < limits::waiting_requests_max;
}

std::uint64_t waiting_room::add(waiting_request request) {
  waiting_.emplace(next_, std::move(request));
  return next_++;
}

std::vector<waiting_request> waiting_room::take_ready(const std::function<bool(const waiting_request&)>& is_ready) {
  std::vector<waiting_request> ready;
  for (auto entry = waiting_.begin(); entry != waiting_.end();) {
    if (is_ready(entry->second)) {
      ready.push_back(std::move(entry->second));
      entry = waiting_.erase(entry);
    } else {
      ++entry;
    }
  }
  return ready;
}

std::optional<waiting_request> waiting_room::take(std::uint64_t number) {
  auto node = waiting_.extract(number);
  return node.empty() ? std::nullopt : std::optional{std::move(node.mapped())};
}

std::optional<waiting_request> waiting_room::take_ticket(std::uint64_t ticket) {
  for (auto entry = waiting_.begin(); ticket != 0 && entry != waiting_.end(); ++entry) {
    if (entry->second.ticket == ticket) {
      return take(entry->first);
    }
  }
  return std::nullopt;
}

std::vector<waiting_request> waiting_room::take_all() {
  return take_ready([](const waiting_request&) { return true; });
}

}  // namespace planguild
