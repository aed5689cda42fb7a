// Warnings that are given once, by key. Plain class, owned by the registry actor. Bounded: limits::warning_keys_max
// keys; beyond that a warning with a new key is not given, rather than given each time.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "messages/limits.hpp"

namespace planguild {

class warn_once {
 public:
  /// Whether the warning with this key is to be given now: true the first time only.
  bool is_new(std::string_view key) { return issued_.size() < limits::warning_keys_max && issued_.emplace(key).second; }
  /// Every warning may be given again.
  void reset() { issued_.clear(); }
  /// Keys of what was given, sorted.
  std::vector<std::string> issued() const { return {issued_.begin(), issued_.end()}; }

 private:
  std::set<std::string, std::less<>> issued_;
};

}  // namespace planguild
