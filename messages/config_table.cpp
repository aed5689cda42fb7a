// The one table of configuration variables; loader, help text and `planguild config` are made from it.
// Pure functions, any thread.
#include <algorithm>

#include "messages/config.hpp"
#include "messages/config_parse.hpp"
#include "messages/grants.hpp"
#include "messages/limits.hpp"
#include "messages/sandbox_text.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

using refusal = std::optional<std::string>;

constexpr std::string_view flag_accepted = "1/0, true/false, yes/no or on/off in any case; empty: the default";
constexpr std::string_view number_accepted = "a finite number such as 0.25 or 1e-3; empty: the default";
constexpr std::string_view seconds_accepted = "a finite number of seconds such as 0.25 or 40; not empty";
constexpr std::string_view integer_accepted = "an integer of 64 bits, digits with an optional sign; empty: the default";
constexpr std::string_view names_accepted = "names, separated by commas";
constexpr std::string_view level_accepted = "DEBUG, INFO, WARN, WARNING, ERROR, CRITICAL or FATAL, in upper case";
constexpr std::string_view tie_break_accepted = "name, newest or least_recent";

config_field flag_row(std::string_view variable, bool config::*member, bool live, std::string_view meaning) {
  return {variable,
          meaning,
          flag_accepted,
          live,
          [member](config& value, std::string_view text) -> refusal {
            const auto read = text.empty() ? config{}.*member : config_parse::flag(text);
            if (!read) return std::string{flag_accepted};
            value.*member = *read;
            return {};
          },
          [member](const config& value) -> std::string { return value.*member ? "1" : "0"; }};
}

config_field number_row(std::string_view variable, double config::*member, bool live, std::string_view meaning) {
  return {variable,
          meaning,
          number_accepted,
          live,
          [member](config& value, std::string_view text) -> refusal {
            const auto read = text.empty() ? config{}.*member : config_parse::number(text);
            if (!read) return std::string{number_accepted};
            value.*member = *read;
            return {};
          },
          [member](const config& value) { return text::shortest(value.*member); }};
}

/// The PLANNER_* numbers: empty text is refused.
config_field required_number_row(std::string_view variable, double config::*member, std::string_view accepted,
                                 std::string_view meaning) {
  return {variable,
          meaning,
          accepted,
          false,
          [member, accepted](config& value, std::string_view text) -> refusal {
            const auto read = config_parse::number(text);
            if (!read) return std::string{accepted};
            value.*member = *read;
            return {};
          },
          [member](const config& value) { return text::shortest(value.*member); }};
}

config_field integer_row(std::string_view variable, std::int64_t config::*member, std::int64_t cap,
                         std::string_view meaning) {
  return {variable,
          meaning,
          integer_accepted,
          true,
          [member, cap](config& value, std::string_view text) -> refusal {
            const auto read = text.empty() ? config{}.*member : config_parse::integer(text);
            if (!read) return std::string{integer_accepted};
            value.*member = std::min(*read, cap);
            return {};
          },
          [member](const config& value) { return std::to_string(value.*member); }};
}

config_field list_row(std::string_view variable, std::vector<std::string> config::*member, bool live,
                      std::string_view accepted, std::vector<std::string> (*read)(std::string_view),
                      std::string_view meaning) {
  const std::string separator(1, config_parse::list_separator(variable).value_or(','));
  return {variable,
          meaning,
          accepted,
          live,
          [member, read](config& value, std::string_view text) -> refusal {
            value.*member = read(text);
            return {};
          },
          [member, separator](const config& value) { return text::join(value.*member, separator); }};
}

config_field sandbox_row() {
  return {"FACTORY_SANDBOX",
          "what must hold around a planner before it starts: these guarantees; best: what there is; off: nothing",
          sandbox_accepted,
          false,
          [](config& value, std::string_view text) -> refusal {
            auto read = sandbox_policy_from(text);
            if (!read) return std::string{sandbox_accepted};
            value.sandbox = std::move(*read);
            return {};
          },
          [](const config& value) { return sandbox_policy_text(value.sandbox); }};
}

config_field grants_row() {
  return {"FACTORY_GRANTS",
          "what planners get beyond the sandbox, of what their manifests request",
          grants_accepted,
          false,
          [](config& value, std::string_view text) -> refusal {
            std::string problem;
            auto read = grants_from(text, problem);
            if (!read) return std::string{grants_accepted} + " (" + problem + ")";
            value.grants = std::move(*read);
            return {};
          },
          [](const config& value) { return grants_text(value.grants); }};
}

config_field tie_break_row() {
  return {"FACTORY_TIE_BREAK",
          "what decides between equal totals and equal reliabilities",
          tie_break_accepted,
          true,
          [](config& value, std::string_view text) -> refusal {
            if (!from_string(text, value.tie_break)) return std::string{tie_break_accepted};
            return {};
          },
          [](const config& value) { return std::string{to_string(value.tie_break)}; }};
}

config_field log_level_row() {
  return {"FACTORY_LOG_LEVEL",
          "the least important log lines that are written",
          level_accepted,
          true,
          [](config& value, std::string_view text) -> refusal {
            if (text == "WARN") text = "WARNING";
            if (text == "FATAL") text = "CRITICAL";
            const auto lowered = text::lower(text);
            const bool is_upper = std::none_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
            if (!is_upper || !from_string(lowered, value.log_level)) return std::string{level_accepted};
            return {};
          },
          [](const config& value) -> std::string {
            std::string result{to_string(value.log_level)};
            std::transform(result.begin(), result.end(), result.begin(),
                           [](char c) { return static_cast<char>(c - 'a' + 'A'); });
            return result;
          }};
}

config_field environment_row() {
  return {"OVERMIND_ENV",
          "label of the environment; prod admits only the production-ready",
          "any text",
          false,
          [](config& value, std::string_view text) -> refusal {
            value.environment_label = text::normalised(text);
            return {};
          },
          [](const config& value) { return value.environment_label; }};
}

std::vector<std::string> lowered_set(std::string_view text) {
  return text::capability_set(text::split_list(text));
}

void add_planner_rows(std::vector<config_field>& rows) {
  rows.push_back(list_row("FACTORY_ALLOWED_PLANNERS", &config::allowed_planners, true,
                          "names, separated by commas; *: all; empty: none", config_parse::name_set,
                          "names that are accepted from the planner roots"));
  rows.push_back(list_row("FACTORY_PLANNER_PATH", &config::planner_path, false, "folders, separated by colons",
                          config_parse::path_list, "planner roots; empty: the folder of the shipped planners"));
  rows.push_back(list_row("OVERMIND_PLANNER_MANUAL", &config::manual_planners, false, "paths, separated by commas",
                          text::split_list, "manifests to register besides; they bypass the allowlist"));
  rows.push_back(list_row("OVERMIND_PLANNER_EXCLUDE", &config::excluded_planners, false, names_accepted,
                          config_parse::name_set, "names that are never registered from the roots"));
  rows.push_back(list_row("PLANNERS_ALLOW", &config::admission_allow, false, names_accepted, lowered_set,
                          "if not empty: only these names, in any case, become planners"));
  rows.push_back(list_row("PLANNERS_BLOCK", &config::admission_block, false, names_accepted, lowered_set,
                          "names, in any case, that never become planners; wins over PLANNERS_ALLOW"));
  rows.push_back(flag_row("FACTORY_FORCE_REDISCOVER", &config::force_rediscover, false,
                          "whether discovery reads everything again although nothing seems to have changed"));
  rows.push_back(flag_row("FACTORY_DEEP_FINGERPRINT", &config::deep_fingerprint, false,
                          "whether sizes and times of files count as a change; 0: names only"));
}

void add_ranking_rows(std::vector<config_field>& rows) {
  rows.push_back(number_row("FACTORY_MIN_RELIABILITY", &config::min_reliability, true,
                            "reliability that a planner needs to be a candidate"));
  rows.push_back(number_row("FACTORY_DEFAULT_RELIABILITY", &config::default_reliability, true,
                            "used where no reliability is known; a planner that nobody used has 0.5"));
  rows.push_back(tie_break_row());
  rows.push_back(flag_row("FACTORY_SELF_HEAL_ON_EMPTY", &config::self_heal_on_empty, true,
                          "whether a selection heals when no planner is active"));
  rows.push_back(flag_row("FACTORY_SELF_HEAL_BLOCKING", &config::self_heal_blocking, false,
                          "whether a heal replies after its last attempt; 0: one attempt only"));
  rows.push_back(
      flag_row("FACTORY_PROFILE_SELECTION", &config::profile_selection, true, "whether selections leave samples"));
  rows.push_back(flag_row("FACTORY_PROFILE_INSTANTIATION", &config::profile_instantiation, true,
                          "whether constructions of planners leave samples"));
  rows.push_back(integer_row("FACTORY_MAX_PROFILES", &config::max_profiles, limits::max_profiles_cap,
                             "samples kept of each kind, at most 100000; 0 or less: none"));
  rows.push_back(number_row("FACTORY_DEEP_INDEX_CAP_BOOST", &config::deep_index_cap_boost, true,
                            "added for planners with deep_index where the context has an index; negative: 0"));
  rows.push_back(number_row("FACTORY_HOTSPOT_CAP_BOOST", &config::hotspot_cap_boost, true,
                            "added for planners with refactor, risk or structural where hotspots abound; negative: 0"));
}

void add_remaining_rows(std::vector<config_field>& rows) {
  constexpr auto no_cap = INT64_MAX;
  rows.push_back(integer_row("FACTORY_HOTSPOT_THRESHOLD", &config::hotspot_threshold, no_cap,
                             "hotspots above which the hotspot boost is given"));
  rows.push_back(integer_row("FACTORY_ALERT_IMPORT_FAILURES", &config::alert_import_failures, no_cap,
                             "import failures above which there is an alert"));
  rows.push_back(number_row("FACTORY_ALERT_INSTANTIATION_S", &config::alert_instantiation_s, true,
                            "mean seconds of the last constructions above which there is an alert"));
  rows.push_back(log_level_row());
  rows.push_back(sandbox_row());
  rows.push_back(grants_row());
  rows.push_back(environment_row());
  rows.push_back(required_number_row("PLANNER_DECAY_HALF_LIFE", &config::decay_half_life_s, seconds_accepted,
                                     "seconds after which an outcome counts half; 0 or less: for ever"));
  rows.push_back(required_number_row("PLANNER_MIN_RELIABILITY", &config::live_min_reliability,
                                     "a finite number such as 0.05 or 1e-3; not empty",
                                     "reliability below which a planner is left out of the live list"));
  rows.push_back(required_number_row("PLANNER_SELF_TEST_TIMEOUT", &config::self_test_timeout_s, seconds_accepted,
                                     "seconds for a self-test; 0 or less expires at once"));
  rows.push_back(required_number_row("PLANNER_IMPORT_TIMEOUT", &config::import_timeout_s, seconds_accepted,
                                     "seconds from start to handshake; 0 or less expires at once"));
  rows.push_back(required_number_row("PLANNER_DEFAULT_TIMEOUT", &config::invocation_timeout_s, seconds_accepted,
                                     "seconds for one plan where manifest and request name none; 0 or less expires"));
  rows.push_back(flag_row("PLANNER_DISABLE_QUARANTINE", &config::disable_quarantine, false,
                          "whether planners that fail their probe are admitted all the same"));
}

}  // namespace

const std::vector<config_field>& config_fields() {
  static const auto rows = [] {
    std::vector<config_field> made;
    add_planner_rows(made);
    add_ranking_rows(made);
    add_remaining_rows(made);
    return made;
  }();
  return rows;
}

}  // namespace planguild
