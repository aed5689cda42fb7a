// What is remembered of admissions, by name and digest, so that unchanged bytes are not probed again, and what
// operators decided by name. Owned by the planner table; one thread at a time. Bounded: limits::planners_max names, and
// of each the verdicts on the last few digests.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/planner.hpp"

namespace planguild {

class verdict_memory {
 public:
  /// Verdicts that are kept of one name: who goes back and forth between two versions is not probed each time.
  static constexpr std::size_t verdicts_per_name_max = 4;

  /// Keeps `verdict`, the newest of its name; an operator's replaces the one before, whatever the digest. A pending
  /// one, or a new name beyond the bound, is not kept.
  void remember(const admission_verdict& verdict);

  /// What a probe said of these bytes.
  std::optional<admission_verdict> find(std::string_view name, std::string_view digest) const;
  /// What an operator said of this name.
  std::optional<admission_verdict> operator_decision(std::string_view name) const;

 private:
  struct remembered {
    std::vector<admission_verdict> by_probe;  // oldest first
    std::optional<admission_verdict> by_operator;
  };
  std::map<std::string, remembered, std::less<>> names_;
};

}  // namespace planguild
