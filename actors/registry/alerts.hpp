// The alert rules: what is wrong enough to tell an operator, and which alerts have just begun or ended. Plain class,
// owned by the registry actor, where imports and constructions are counted. Bounded: the last ten durations.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "messages/config.hpp"
#include "messages/health.hpp"

namespace planguild {

class alert_rules {
 public:
  /// The mean is taken over the last so many constructions.
  static constexpr std::size_t durations_kept = 10;

  /// A discovery that looked anew ended with so many import failures.
  void note_import_failures(std::uint64_t count);
  /// A construction succeeded.
  void note_instantiation(double duration_s);

  /// What is wrong now, by kind.
  std::vector<alert> current(const config& settings) const;

  struct change {
    struct alert alert;
    bool began = false;  // false: it is over, and `alert` is as it was
  };
  /// What began or ended since the last call.
  std::vector<change> changes(const config& settings);

 private:
  std::uint64_t import_failures_ = 0;
  std::optional<std::uint64_t> import_failures_before_;  // of the discovery before the last
  bool discovered_ = false;
  std::deque<double> durations_s_;
  std::vector<alert> told_;
};

}  // namespace planguild
