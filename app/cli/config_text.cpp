// The configuration as text and JSON. Owned by the command; pure functions, any thread.
#include "app/cli/config_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/cli/table.hpp"
#include "messages/scrub.hpp"

namespace planguild::cli {
namespace {

std::string source_of(const config_load& load, std::string_view variable) {
  const auto found =
      std::find_if(load.sources.begin(), load.sources.end(), [&](const auto& each) { return each.first == variable; });
  return found == load.sources.end() ? "default" : found->second;
}

std::string value_of(const config_load& load, const config_field& field) {
  return scrub(field.show(load.value), {.hide_paths = false});
}

}  // namespace

std::string config_text(const config_load& load, const text_style& style) {
  table rows{{{"variable"}, {"value", alignment::left, true, false, 12}, {"source", alignment::left, true}, {"live"}}};
  for (const auto& field : config_fields()) {
    const auto source = source_of(load, field.variable);
    rows.add(
        {std::string{field.variable}, printable(value_of(load, field)), printable(source), field.live ? "yes" : ""},
        source == "default" ? paint::plain : paint::bold);
    for (const auto& line : wrap(field.meaning, style.columns - std::min<std::size_t>(style.columns, 4))) {
      rows.add_line("    " + line);
    }
  }
  auto result = rows.text(style);
  for (const auto& note : load.notes) result += "note: " + printable(note) + "\n";
  return result;
}

nlohmann::ordered_json config_json(const config_load& load) {
  auto variables = nlohmann::ordered_json::array();
  for (const auto& field : config_fields()) {
    variables.push_back({{"variable", field.variable},
                         {"key", field.json_key()},
                         {"value", value_of(load, field)},
                         {"source", source_of(load, field.variable)},
                         {"live", field.live},
                         {"meaning", field.meaning},
                         {"accepted", field.accepted}});
  }
  auto problems = nlohmann::ordered_json::array();
  for (const auto& problem : load.problems) {
    problems.push_back({{"variable", problem.variable},
                        {"text", problem.text},
                        {"accepted", problem.accepted},
                        {"source", problem.source}});
  }
  nlohmann::ordered_json result;
  result["variables"] = std::move(variables);
  result["notes"] = load.notes;
  result["problems"] = std::move(problems);
  return result;
}

std::string problems_text(const std::vector<config_problem>& problems) {
  std::string result = "the configuration is refused (" + counted(problems.size(), "problem") + "):\n";
  for (const auto& problem : problems) {
    result += "  " + (problem.variable.empty() ? std::string{"-"} : printable(problem.variable)) + " = \"" +
              printable(problem.text) + "\" (" + printable(problem.source) + "): accepted is " +
              printable(problem.accepted) + "\n";
  }
  return result + "See `planguild config --help`, and `planguild schema config` for files.\n";
}

}  // namespace planguild::cli
