// Which names may register: the lists of the configuration, why a name is left out, and the line that would let it in.
// Plain values, any thread; made anew when the configuration changes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "messages/config.hpp"
#include "messages/discovery.hpp"
#include "messages/enums.hpp"
#include "messages/planner.hpp"

namespace planguild {

/// The lists of one configuration, ready for many look-ups.
class allowlist {
 public:
  explicit allowlist(const config& settings);

  /// Why the planner with the file name NAME (`raw_name`, as it is written on disk) is left out; none: it may register.
  /// From a root all lists apply: FACTORY_ALLOWED_PLANNERS and OVERMIND_PLANNER_EXCLUDE to NAME as it is written (case
  /// counts), PLANNERS_ALLOW and PLANNERS_BLOCK to the normalised name. A manual manifest only meets the last two, a
  /// builtin none. The reason is the first of blocked, excluded, not_allowed; the hint holds every setting that must
  /// change, as one line for a shell (a list over 4 KiB is not repeated in it).
  std::optional<skipped_planner> check(std::string_view raw_name, planner_source source) const;

 private:
  std::vector<std::string> allowed_, excluded_, allow_, block_;  // as configured, for the hints
  std::unordered_set<std::string> allowed_set_, excluded_set_, allow_set_, block_set_;
  bool all_allowed_ = false;
  bool allowed_is_long_ = false, excluded_is_long_ = false, allow_is_long_ = false, block_is_long_ = false;
};

/// Why a name does not register, in the order in which it is looked at.
enum class name_refusal : std::uint8_t { none, invalid_pattern, blocked, not_allowed, duplicate };
PLANGUILD_ENUM(name_refusal, none, invalid_pattern, blocked, not_allowed, duplicate);

/// Registers names one after another under the two admission lists (PLANNERS_ALLOW, PLANNERS_BLOCK); the first of a
/// name wins.
class name_register {
 public:
  /// `allow` and `block`: entries in any case; an empty `allow` lets every name in.
  name_register(const std::vector<std::string>& allow, const std::vector<std::string>& block);

  /// Registers `raw_name` under its normalised form, or says why not.
  name_refusal add(std::string_view raw_name);
  /// Registered names, in order.
  const std::vector<std::string>& names() const noexcept { return names_; }

 private:
  std::unordered_set<std::string> allow_, block_, taken_;
  std::vector<std::string> names_;
};

/// `export VARIABLE=a,b` with quotes where a shell needs them.
std::string export_line(std::string_view variable, const std::vector<std::string>& list);

}  // namespace planguild
