// The rules and representations of configuration, for the test of config.json. Pure functions, any thread.
#include "tests/conformance/support/configuration_rules.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

namespace planguild::conformance {
namespace {

const std::map<std::string, std::function<nlohmann::json(const config&)>>& values() {
  static const std::map<std::string, std::function<nlohmann::json(const config&)>> table = {
      {"FACTORY_ALLOWED_PLANNERS", [](const config& x) { return x.allowed_planners; }},
      {"FACTORY_DEEP_FINGERPRINT", [](const config& x) { return x.deep_fingerprint; }},
      {"FACTORY_DEEP_INDEX_CAP_BOOST", [](const config& x) { return x.deep_index_cap_boost; }},
      {"FACTORY_FORCE_REDISCOVER", [](const config& x) { return x.force_rediscover; }},
      {"FACTORY_HOTSPOT_CAP_BOOST", [](const config& x) { return x.hotspot_cap_boost; }},
      {"FACTORY_HOTSPOT_THRESHOLD", [](const config& x) { return x.hotspot_threshold; }},
      {"FACTORY_LOG_LEVEL",
       [](const config& x) {
         const std::vector<std::string> names = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};
         return names.at(static_cast<std::size_t>(x.log_level));
       }},
      {"FACTORY_MAX_PROFILES", [](const config& x) { return x.max_profiles; }},
      {"FACTORY_MIN_RELIABILITY", [](const config& x) { return x.min_reliability; }},
      {"FACTORY_PROFILE_INSTANTIATION", [](const config& x) { return x.profile_instantiation; }},
      {"FACTORY_PROFILE_SELECTION", [](const config& x) { return x.profile_selection; }},
      {"FACTORY_SELF_HEAL_BLOCKING",
       [](const config& x) {
         return nlohmann::json{{"blocking", x.self_heal_blocking}};
       }},
      {"FACTORY_SELF_HEAL_ON_EMPTY", [](const config& x) { return x.self_heal_on_empty; }},
      {"OVERMIND_ENV", [](const config& x) { return x.environment_label; }},
      {"OVERMIND_PLANNER_EXCLUDE", [](const config& x) { return x.excluded_planners; }},
      {"OVERMIND_PLANNER_MANUAL", [](const config& x) { return x.manual_planners; }},
      {"PLANNERS_ALLOW", [](const config& x) { return x.admission_allow; }},
      {"PLANNERS_BLOCK", [](const config& x) { return x.admission_block; }},
      {"PLANNER_DECAY_HALF_LIFE", [](const config& x) { return x.decay_half_life_s; }},
      {"PLANNER_DEFAULT_TIMEOUT", [](const config& x) { return x.invocation_timeout_s; }},
      {"PLANNER_DISABLE_QUARANTINE", [](const config& x) { return x.disable_quarantine; }},
      {"PLANNER_MIN_RELIABILITY", [](const config& x) { return x.live_min_reliability; }},
      {"PLANNER_SELF_TEST_TIMEOUT", [](const config& x) { return x.self_test_timeout_s; }},
  };
  return table;
}

}  // namespace

std::optional<bool> flag_by_rule(const std::string& text, bool preset) {
  if (text.empty()) return preset;
  std::string word = text;
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (word == "1" || word == "true" || word == "yes" || word == "on") return true;
  if (word == "0" || word == "false" || word == "no" || word == "off") return false;
  return std::nullopt;
}

nlohmann::json value_in(const config& loaded, const std::string& variable) {
  const auto found = values().find(variable);
  return found == values().end() ? nlohmann::json(nullptr) : found->second(loaded);
}

bool is_flag(const std::string& variable, bool& preset) {
  static const std::map<std::string, bool> flags = {
      {"FACTORY_DEEP_FINGERPRINT", true},      {"FACTORY_FORCE_REDISCOVER", false},
      {"FACTORY_PROFILE_INSTANTIATION", true}, {"FACTORY_PROFILE_SELECTION", true},
      {"FACTORY_SELF_HEAL_BLOCKING", true},    {"FACTORY_SELF_HEAL_ON_EMPTY", false},
      {"PLANNER_DISABLE_QUARANTINE", false},
  };
  const auto found = flags.find(variable);
  if (found == flags.end()) return false;
  preset = found->second;
  return true;
}

}  // namespace planguild::conformance
