// How often each planner was chosen among the last limits::selections_remembered selections, for the tie-break
// `least_recent`. Owned by the planner table; one thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "messages/limits.hpp"

namespace planguild {

class recent_selections {
 public:
  void note(std::string_view name) {
    auto& count = counts_.try_emplace(std::string{name}, 0).first->second;
    ++count;
    names_.emplace_back(name);
    if (names_.size() > limits::selections_remembered) {
      const auto oldest = counts_.find(names_.front());
      if (--oldest->second == 0) {
        counts_.erase(oldest);
      }
      names_.pop_front();
    }
  }

  std::int64_t count(std::string_view name) const {
    const auto at = counts_.find(name);
    return at == counts_.end() ? 0 : at->second;
  }

 private:
  std::deque<std::string> names_;  // oldest first
  std::map<std::string, std::int64_t, std::less<>> counts_;
};

}  // namespace planguild
