// Reading a JSON configuration file's text into settings. Pure functions, any thread.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "messages/config.hpp"
#include "messages/config_parse.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

constexpr std::string_view scalar_accepted = "text, a number, true or false";
constexpr std::string_view list_accepted = "text, or an array of texts";

/// One value of the file as the text that the variable's parser takes; none: `accepted` says what would have been.
std::optional<std::string> text_of(const nlohmann::json& value, std::optional<char> separator, std::string& accepted) {
  if (const auto* text = value.get_ptr<const std::string*>()) return *text;
  if (!separator) {
    accepted = scalar_accepted;
    if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
    if (value.is_number_float()) return text::shortest(value.get<double>());
    if (value.is_number()) return dump_json(value);
    return std::nullopt;
  }
  accepted = list_accepted;
  if (!value.is_array()) return std::nullopt;
  std::vector<std::string> entries;
  for (const auto& element : value) {
    const auto* entry = element.get_ptr<const std::string*>();
    if (entry == nullptr) return std::nullopt;
    if (entry->find(*separator) != std::string::npos) {
      accepted = std::string{"an array of texts without \""} + *separator + '"';
      return std::nullopt;
    }
    entries.push_back(*entry);
  }
  return text::join(entries, std::string_view{&*separator, 1});
}

std::string upper(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return result;
}

void read_member(config_file& file, const std::string& key, const nlohmann::json& value, const std::string& source) {
  const auto& rows = config_fields();
  const auto row =
      std::find_if(rows.begin(), rows.end(), [&](const config_field& field) { return field.json_key() == key; });
  const auto text = is_secret_name(key) ? std::string{"***"} : config_parse::shown(dump_json(value));
  if (row == rows.end()) {
    if (is_meaningless_variable(upper(key)) && text::lower(key) == key) {
      file.settings.push_back({upper(key), {}, source});
      return;
    }
    const auto with_prefix = std::find_if(rows.begin(), rows.end(), [&](const config_field& field) {
      return text::lower(field.variable) == text::lower(key) || field.json_key() == text::lower(key);
    });
    const auto accepted =
        with_prefix == rows.end() ? std::string{"a key of `planguild config`"} : "the key " + with_prefix->json_key();
    file.problems.push_back({config_parse::shown(key), text, accepted, source});
    return;
  }
  std::string accepted;
  auto setting = text_of(value, config_parse::list_separator(row->variable), accepted);
  if (!setting) {
    file.problems.push_back({std::string{row->variable}, text, accepted, source});
    return;
  }
  file.settings.push_back({std::string{row->variable}, std::move(*setting), source});
}

}  // namespace

config_file read_config_text(std::string_view text, std::string_view path) {
  config_file result;
  const auto source = "file " + std::string{path};
  const auto json =
      parse_json(text, {limits::config_file_bytes_max, limits::config_depth_max}, failure_code::invalid_configuration);
  if (!json) {
    result.problems.push_back({{}, json.error->message, "one JSON object", source});
  } else if (!json->is_object()) {
    result.problems.push_back({{}, config_parse::shown(dump_json(*json)), "one JSON object", source});
  } else {
    for (const auto& [key, value] : json->items()) read_member(result, key, value, source);
  }
  return result;
}

}  // namespace planguild
