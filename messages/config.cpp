// Loading the configuration: settings in, one value and every problem out. Pure functions, any thread.
#include "messages/config.hpp"

#include <algorithm>
#include <map>

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

/// What is to be noted of a value that is taken: a cap, or one that is taken as the predecessor takes it and is hardly
/// meant.
void note_value(config_load& load, const config_setting& setting) {
  const auto said = setting.variable + " (" + setting.source + ") is " + config_parse::shown(setting.text);
  if (setting.variable == "FACTORY_MAX_PROFILES" &&
      config_parse::integer(setting.text).value_or(0) > limits::max_profiles_cap) {
    load.notes.push_back(said + " and was capped at " + std::to_string(limits::max_profiles_cap));
  }
  const bool is_reliability = setting.variable == "FACTORY_MIN_RELIABILITY" ||
                              setting.variable == "FACTORY_DEFAULT_RELIABILITY" ||
                              setting.variable == "PLANNER_MIN_RELIABILITY";
  const auto value = is_reliability ? config_parse::number(setting.text).value_or(0) : 0;
  if (value >= 0 && value <= 1) return;
  load.notes.push_back(said + ", but reliabilities lie between 0 and 1: give a number of that range");
}

/// The setting of each variable that won: a value that a later source replaced says nothing of this configuration.
using winning_settings = std::map<std::string_view, const config_setting*>;

void note_values(config_load& load, const winning_settings& winning) {
  for (const auto& field : config_fields()) {
    if (const auto found = winning.find(field.variable); found != winning.end()) note_value(load, *found->second);
  }
}

void apply(config_load& load, const config_setting& setting, winning_settings& winning) {
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
  winning[field->variable] = &setting;
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
  winning_settings winning;
  for (const auto& setting : settings) apply(result, setting, winning);
  note_values(result, winning);
  return result;
}

config_load patch_config(const config& current, const std::vector<config_setting>& settings) {
  config_load result;
  result.value = current;
  winning_settings winning;
  for (const auto& setting : settings) {
    const auto* field = find_config_field(setting.variable);
    if (field != nullptr && !field->live) {
      result.problems.push_back({setting.variable, config_parse::shown(setting.text),
                                 "nothing while it runs; set it where it is started and start it again",
                                 setting.source});
      continue;
    }
    apply(result, setting, winning);
  }
  note_values(result, winning);
  return result;
}

bool is_meaningless_variable(std::string_view variable) noexcept {
  return variable == "AGENT_TOOLS_LOG_LEVEL" || variable.starts_with("PLANNER_STRUCT_");
}

}  // namespace planguild
