// The last crash of each planner, by name, and which of them the store has not been told. Owned by the planner table;
// one thread at a time. Bounded: limits::crashes_max, of which the oldest goes first.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "messages/planner.hpp"

namespace planguild {

class crash_memory {
 public:
  /// Keeps `report` in the place of the one before.
  void note(crash_report report);
  /// Takes what a store remembers, where nothing is known yet.
  void recall(const std::vector<crash_report>& reports);
  /// Those that were noted since the last call, by name.
  std::vector<crash_report> take_new();
  /// nullptr: none is known. Valid until the next note or recall.
  const crash_report* find(std::string_view name) const;

 private:
  void forget_surplus();

  std::map<std::string, crash_report, std::less<>> reports_;
  std::set<std::string, std::less<>> new_;
};

}  // namespace planguild
