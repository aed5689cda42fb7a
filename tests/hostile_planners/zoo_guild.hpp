// A runtime among whose planners the zoo is: one planner without fault lives in it all the time, hostile ones are added
// and removed. Test support; the test's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/hostile_planners/hostile_world.hpp"
#include "tests/hostile_planners/lacking_runtime.hpp"

namespace planguild::test {

/// What the runtime reported of one planner.
struct seen_planner {
  std::string code;     // of its probe's failure, else of its plan's; "ok" if there was a plan
  std::string message;  // of the failure; where the planner is not known, of its import
  std::string said;     // the first evidence of its plan
  std::optional<failure_evidence> evidence;
  sandbox_posture posture;
};

/// Everything of it in a sentence or two, for messages.
std::string text_of(const seen_planner& seen);

class zoo_guild {
 public:
  /// `sandbox` is a value of FACTORY_SANDBOX; `settings` are further ones; the machine is `lacking` layers. Waits until
  /// the planner without fault plans.
  zoo_guild(hostile_world& world, const std::string& sandbox, std::vector<config_setting> settings = {},
            const missing_layers& lacking = {});

  /// Adds planners and waits for what their probes find. Reads `planners` once more with each change.
  void add(const std::vector<zoo_planner>& planners);
  /// Removes them, and waits until none of their processes is left; false if some are after a minute.
  bool remove(const std::vector<zoo_planner>& planners);

  /// Has a planner plan, unless its probe failed, and gathers what is known of it. Any thread. `repository` is the
  /// world's if it is empty.
  seen_planner look_at(const zoo_planner& planner, const std::string& context = {}, const std::string& repository = {});

  /// Whether the planner without fault makes a plan; otherwise `problem` says why not.
  bool good_one_plans(std::string& problem);

  planguild::runtime& runtime() noexcept { return host_->guild(); }
  /// Ends the runtime; what is left is in the report.
  stop_report stop();

  static zoo_planner good_one() { return {}; }

 private:
  void discover();

  hostile_world& world_;
  std::vector<import_failure> import_failures_;  // of the last discovery
  std::unique_ptr<lacking_runtime> host_;
};

/// Whether a layer is active in `posture`: "landlock", "landlock:4" (its version at least 4), or several joined by "+",
/// which must all be.
bool has_layer(const sandbox_posture& posture, std::string_view layer);

/// Whether any of `layers` (separated by spaces) is.
bool has_any_layer(const sandbox_posture& posture, std::string_view layers);

/// "landlock active (abi 7), seccomp unavailable (EINVAL), …" of all that are asked for.
std::string text_of(const sandbox_posture& posture);

}  // namespace planguild::test
