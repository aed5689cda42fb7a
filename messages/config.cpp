// Loading the configuration: settings in, one value and every problem out. Pure functions, any thread.
#include "messages/config.hpp"

#include <algorithm>

#include "messages/config_parse.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

constexpr std::string_view factory_prefix = "FACTORY_";

void set_source(config_load& load, std::string_view variable, const std::string& source) {
  for (auto& [name, from] : load.sources) {
    if (name == variable) from = source;
  }
}

/// Such values are taken, as the predecessor takes them, and are hardly meant.
void note_odd_reliability(config_load& load, const config_setting& setting) {
  const bool is_reliability = setting.variable == "FACTORY_MIN_RELIABILITY" ||
                              setting.variable == "FACTORY_DEFAULT_RELIABILITY" ||
                              setting.variable == "PLANNER_MIN_RELIABILITY";
  const auto value = is_reliability ? config_parse::number(setting.text).value_or(0) : 0;
  if (value >= 0 && value <= 1) return;
  load.notes.push_back(setting.variable + " (" + setting.source + ") is " + config_parse::shown(setting.text) +
                       ", but reliabilities lie between 0 and 1: give a number of that range");
}

void apply(config_load& load, const config_setting& setting) {
  if (is_meaningless_variable(setting.variable)) {
    load.notes.push_back(setting.variable + " (" + setting.source + ") has no meaning here and is ignored");
    return;
  }
  const auto* field = find_config_field(setting.variable);
  if (field == nullptr) {
    load.problems.push_back({config_parse::shown(setting.variable), config_parse::shown(setting.text),
                             "a variable of `planguild config`", setting.source});
    return;
  }
  if (const auto refused = field->parse(load.value, setting.text)) {
    // The value is masked as the value of its variable would be.
    const auto text = is_secret_name(setting.variable) ? std::string{"***"} : config_parse::shown(setting.text);
    load.problems.push_back({setting.variable, text, *refused, setting.source});
    return;
  }
  set_source(load, setting.variable, setting.source);
  note_odd_reliability(load, setting);
  if (setting.variable == "FACTORY_MAX_PROFILES" &&
      config_parse::integer(setting.text).value_or(0) > limits::max_profiles_cap) {
    load.notes.push_back("FACTORY_MAX_PROFILES (" + setting.source + ") is " + config_parse::shown(setting.text) +
                         " and was capped at " + std::to_string(limits::max_profiles_cap));
  }
}

}  // namespace

ranking_config config::ranking() const {
  return {min_reliability, default_reliability, deep_index_cap_boost, hotspot_cap_boost, hotspot_threshold, tie_break};
}

std::string config_field::json_key() const {
  auto name = variable;
  if (name.starts_with(factory_prefix)) name.remove_prefix(factory_prefix.size());
  return text::lower(name);
}

const config_field* find_config_field(std::string_view variable) {
  const auto& rows = config_fields();
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const config_field& row) { return row.variable == variable; });
  return found == rows.end() ? nullptr : &*found;
}

config_load load_config(const std::vector<config_setting>& settings) {
  config_load result;
  for (const auto& field : config_fields()) result.sources.emplace_back(field.variable, "default");
  for (const auto& setting : settings) apply(result, setting);
  return result;
}

config_load patch_config(const config& current, const std::vector<config_setting>& settings) {
  config_load result;
  result.value = current;
  for (const auto& setting : settings) {
    const auto* field = find_config_field(setting.variable);
    if (field != nullptr && !field->live) {
      result.problems.push_back({setting.variable, config_parse::shown(setting.text),
                                 "nothing while it runs; set it where it is started and start it again",
                                 setting.source});
      continue;
    }
    apply(result, setting);
  }
  return result;
}

bool is_meaningless_variable(std::string_view variable) noexcept {
  return variable == "AGENT_TOOLS_LOG_LEVEL" || variable.starts_with("PLANNER_STRUCT_");
}

}  // namespace planguild
