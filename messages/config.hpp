// The configuration: one value, made once from defaults, file, environment and flags, and the one table that says for
// each field its variable, default, range and meaning. Pure values and functions, any thread; reading files and the
// environment is app/host/config_source.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/environment.hpp"
#include "messages/failure.hpp"
#include "messages/grants.hpp"
#include "messages/snapshot.hpp"

namespace planguild {

struct config {
  // which planners
  std::vector<std::string> allowed_planners = {"llm_planner", "multi_pass_arch_planner", "risk_planner",
                                               "structural_planner"};  // sorted set; {"*"}: all
  std::vector<std::string> planner_path;     // roots; empty until the host fills in the shipped folder
  std::vector<std::string> manual_planners;  // manifest paths, in order
  std::vector<std::string> excluded_planners;
  std::vector<std::string> admission_allow;  // normalised set; empty: everything
  std::vector<std::string> admission_block;  // normalised set
  bool force_rediscover = false;
  bool deep_fingerprint = true;
  // ranking
  double min_reliability = 0.25;
  double default_reliability = 0.1;
  enum tie_break tie_break = tie_break::name;
  double deep_index_cap_boost = 0.05;
  double hotspot_cap_boost = 0.03;
  std::int64_t hotspot_threshold = 8;
  // self-heal
  bool self_heal_on_empty = false;
  bool self_heal_blocking = true;
  // profiling and alerts
  bool profile_selection = true;
  bool profile_instantiation = true;
  std::int64_t max_profiles = 1'000;
  std::int64_t alert_import_failures = 5;
  double alert_instantiation_s = 1.0;
  enum log_level log_level = log_level::info;
  // isolation
  sandbox_policy sandbox;
  std::vector<planner_grants> grants;  // by name
  // admission and reliability
  std::string environment_label = "dev";
  double decay_half_life_s = 900;
  double live_min_reliability = 0.05;
  double self_test_timeout_s = 5;
  double import_timeout_s = 5;
  double invocation_timeout_s = 40;
  bool disable_quarantine = false;

  /// The part that ranking uses.
  ranking_config ranking() const;
  bool is_production() const { return environment_label == "prod"; }
  bool operator==(const config&) const = default;
};

/// One row of the table.
struct config_field {
  std::string_view variable;  // FACTORY_MIN_RELIABILITY
  std::string_view meaning;   // one line
  std::string_view accepted;  // what a valid text looks like
  bool live;                  // whether a running guild takes a new value
  /// Sets the field from `text`; returns why it is refused, or nothing.
  std::function<std::optional<std::string>(config&, std::string_view text)> parse;
  /// The field's value as text that `parse` would accept.
  std::function<std::string(const config&)> show;
  /// The name in a JSON file: the variable in lower case without FACTORY_.
  std::string json_key() const;
};

/// Every variable that has a meaning, in the order of the documentation.
const std::vector<config_field>& config_fields();
/// The row of `variable`; nullptr if it has none.
const config_field* find_config_field(std::string_view variable);

/// One refused value.
struct config_problem {
  std::string variable;
  std::string text;      // scrubbed, cut
  std::string accepted;  // what would have been
  std::string source;    // "environment", "file PATH", "flag"
};

/// One value from one source; sources are applied in order, the later winning.
struct config_setting {
  std::string variable;
  std::string text;
  std::string source;
};

struct config_load {
  config value;
  std::vector<config_problem> problems;  // empty: `value` is good
  std::vector<std::string> notes;        // variables of the predecessor without a meaning here; values that won and are
                                         // capped or odd
  std::vector<std::pair<std::string, std::string>> sources;  // variable, where its value comes from
};

/// Applies `settings` over the defaults. Collects every problem; nothing throws, nothing is silently replaced.
config_load load_config(const std::vector<config_setting>& settings);

/// Applies a patch of live values over `current`, as a running runtime does. A variable that is not live is a problem
/// of its own.
config_load patch_config(const config& current, const std::vector<config_setting>& settings);

/// Reads a JSON configuration file's text into settings (`source` "file PATH"). Strict: an unknown key, a duplicate or
/// a value that is no text, number, flag or list of texts is a problem of its own.
struct config_file {
  std::vector<config_setting> settings;
  std::vector<config_problem> problems;
};
config_file read_config_text(std::string_view text, std::string_view path);

/// Variables of the predecessor that have no meaning here (PLANNER_STRUCT_*, AGENT_TOOLS_LOG_LEVEL).
bool is_meaningless_variable(std::string_view variable) noexcept;

}  // namespace planguild
