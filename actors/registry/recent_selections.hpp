// How often each planner was chosen among the last limits::selections_remembered selections, for the tie-break
// `least_recent`. Owned by the planner table; one thread at a time. What is noted together counts as one after the
// other.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "messages/limits.hpp"

namespace planguild {

class recent_selections {
 public:
  /// `name` was chosen `times` in a row.
  void note(std::string_view name, std::uint64_t times) {
    times = std::min<std::uint64_t>(times, limits::selections_remembered);
    if (times == 0) {
      return;
    }
    if (runs_.empty() || runs_.back().first != name) {
      runs_.emplace_back(name, 0);
    }
    runs_.back().second += times;
    auto counted = counts_.find(name);
    if (counted == counts_.end()) {
      counted = counts_.emplace(name, 0).first;
    }
    counted->second += static_cast<std::int64_t>(times);
    remembered_ += times;
    forget_the_oldest();
  }

  std::int64_t count(std::string_view name) const {
    const auto at = counts_.find(name);
    return at == counts_.end() ? 0 : at->second;
  }

  /// By name; only what was chosen at all.
  const std::map<std::string, std::int64_t, std::less<>>& counts() const noexcept { return counts_; }

 private:
  void forget_the_oldest() {
    while (remembered_ > limits::selections_remembered) {
      auto& [name, times] = runs_.front();
      const auto surplus = std::min<std::uint64_t>(times, remembered_ - limits::selections_remembered);
      const auto counted = counts_.find(name);
      counted->second -= static_cast<std::int64_t>(surplus);
      if (counted->second == 0) {
        counts_.erase(counted);
      }
      remembered_ -= surplus;
      times -= surplus;
      if (times == 0) {
        runs_.pop_front();
      }
    }
  }

  std::deque<std::pair<std::string, std::uint64_t>> runs_;  // oldest first
  std::uint64_t remembered_ = 0;                            // sum of the runs
  std::map<std::string, std::int64_t, std::less<>> counts_;
};

}  // namespace planguild
