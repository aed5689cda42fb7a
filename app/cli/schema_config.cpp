// The schema of configuration files, made from the table of variables. Owned by the command; pure function, any thread.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/schema.hpp"
#include "messages/config.hpp"
#include "messages/config_parse.hpp"
#include "messages/sandbox_text.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

using nlohmann::ordered_json;

bool accepts(const config_field& field, std::string_view text) {
  config scratch;
  return !field.parse(scratch, text);
}

ordered_json default_of(const config_field& field, const ordered_json& type) {
  const auto shown = field.show(config{});
  if (type == "boolean") return shown == "1";
  if (type == "number" || type == "integer") return ordered_json::parse(shown, nullptr, false);
  return shown;
}

/// What FACTORY_SANDBOX takes; that no guarantee occurs twice, a pattern does not say.
std::string sandbox_pattern() {
  std::vector<std::string> names(guarantees.begin(), guarantees.end());
  const auto one = "(" + text::join(names, "|") + ")";
  return "^(require(:" + one + "(," + one + ")*)?|best|off)?$";
}

/// Texts are allowed everywhere, because a file may hold what the environment would; the other type is what the
/// variable's own parser takes. The table says no types, so the parser is asked.
ordered_json property_of(const config_field& field) {
  ordered_json result;
  result["description"] = std::string{field.meaning} + " (" + std::string{field.variable} +
                          "; accepted: " + std::string{field.accepted} + ")";
  if (config_parse::list_separator(field.variable)) {
    result["type"] = {"string", "array"};
    result["items"]["type"] = "string";
    result["default"] = field.show(config{});
    return result;
  }
  if (field.variable == "FACTORY_LOG_LEVEL") {
    result["enum"] = {"DEBUG", "INFO", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL"};
    result["default"] = field.show(config{});
    return result;
  }
  if (field.variable == "FACTORY_TIE_BREAK") {
    result["enum"] = {"name", "newest", "least_recent"};
    result["default"] = field.show(config{});
    return result;
  }
  if (field.variable == "FACTORY_SANDBOX") {
    result["type"] = "string";
    result["pattern"] = sandbox_pattern();
    result["default"] = field.show(config{});
    return result;
  }
  const bool is_flag = accepts(field, "false");
  const bool is_free_text = is_flag && accepts(field, "7.25");
  const ordered_json type = is_free_text             ? "string"
                            : is_flag                ? "boolean"
                            : accepts(field, "7.25") ? "number"
                                                     : "integer";
  result["type"] = is_free_text ? ordered_json("string") : ordered_json{type, "string"};
  result["default"] = default_of(field, type);
  return result;
}

}  // namespace

ordered_json config_schema() {
  ordered_json schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "planguild configuration file";
  schema["description"] =
      "Values for --config FILE. The environment and flags win over them. Keys are the variables in lower case, "
      "without "
      "factory_.";
  schema["type"] = "object";
  schema["additionalProperties"] = false;
  for (const auto& field : config_fields()) schema["properties"][field.json_key()] = property_of(field);
  // What the predecessor knew is ignored with a remark.
  schema["patternProperties"]["^(planner_struct_.*|agent_tools_log_level)$"] = true;
  return schema;
}

}  // namespace planguild::cli
