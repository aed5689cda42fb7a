// Planners to be probed: see the header. Plain class, no CAF.
#include "actors/registry/admission_queue.hpp"

#include "messages/limits.hpp"

namespace planguild {

void admission_queue::add(const std::string& name, bool first) {
  if (first) {
    first_.insert(name);
  }
  if (!contains(name)) {
    queue_.push_back(name);
    queued_.insert(name);
  }
}

std::optional<std::string> admission_queue::next() {
  while (!queue_.empty() && running_.size() < static_cast<std::size_t>(limits::probes_at_once_max)) {
    auto name = queue_.front();
    queue_.pop_front();
    if (queued_.erase(name) > 0) {  // else it was forgotten meanwhile
      running_.insert(name);
      return name;
    }
  }
  return std::nullopt;
}

void admission_queue::finished(const std::string& name) {
  queued_.erase(name);
  running_.erase(name);
  first_.erase(name);
}

bool admission_queue::contains(const std::string& name) const {
  return queued_.contains(name) || running_.contains(name);
}

}  // namespace planguild
