// The parts of strict JSON reading that are the same for every type: paths, refusals, numbers and texts.
// Pure functions, any thread.
#include "messages/json_fields.hpp"

#include <algorithm>

#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild::json_fields {
namespace {

constexpr std::size_t shown_code_points = limits::label_code_points;

bool is_identifier(std::string_view key) noexcept {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !key.empty() && key.size() <= shown_code_points && std::all_of(key.begin(), key.end(), is_part);
}

std::string quoted_text(std::string_view text) {
  const auto shown = scrubbed_label(text, shown_code_points + 1);
  const auto cut = text::cut_code_points(shown, shown_code_points);
  return dump_json(nlohmann::json(cut.size() < shown.size() ? cut + "…" : cut));
}

std::string listed(const std::string_view* names, std::size_t count) {
  std::string result;
  for (std::size_t index = 0; index < count; ++index) {
    if (index > 0) result += ", ";
    result += names[index];
  }
  return result;
}

}  // namespace

std::string json_path::text() const {
  if (parent == nullptr) return std::string{key};
  auto result = parent->text();
  if (index != no_index) return result + '[' + std::to_string(index) + ']';
  if (!is_identifier(key)) return result + '[' + quoted_text(key) + ']';
  if (!result.empty()) result += '.';
  return result.append(key);
}

failure refused(const json_path& path, std::string_view message) {
  const auto where = path.text();
  const auto subject = where.empty() ? std::string{"the value"} : where;
  return make_failure(failure_code::invalid_request, subject + ' ' + std::string{message}, {}, where);
}

std::string_view kind_of(const nlohmann::json& value) noexcept {
  switch (value.type()) {
    case nlohmann::json::value_t::null:
      return "null";
    case nlohmann::json::value_t::object:
      return "an object";
    case nlohmann::json::value_t::array:
      return "an array";
    case nlohmann::json::value_t::string:
      return "text";
    case nlohmann::json::value_t::boolean:
      return "true or false";
    case nlohmann::json::value_t::number_integer:
    case nlohmann::json::value_t::number_unsigned:
      return "an integer";
    case nlohmann::json::value_t::number_float:
      return "a number with a fraction or exponent";
    default:
      return "no JSON value";
  }
}

failure wrong_kind(const json_path& path, std::string_view wanted, const nlohmann::json& value) {
  return refused(path, "must be " + std::string{wanted} + ", but is " + std::string{kind_of(value)});
}

problem read_field(const nlohmann::json& json, bool& value, const json_path& path) {
  if (!json.is_boolean()) return wrong_kind(path, "true or false", json);
  value = json.get<bool>();
  return {};
}

problem read_field(const nlohmann::json& json, double& value, const json_path& path) {
  if (!json.is_number()) return wrong_kind(path, "a number", json);
  const auto number = json.get<double>();
  if (!std::isfinite(number)) return refused(path, "must be a finite number");
  value = number;
  return {};
}

problem read_field(const nlohmann::json& json, std::string& value, const json_path& path) {
  const auto* text = json.get_ptr<const std::string*>();
  if (text == nullptr) return wrong_kind(path, "text", json);
  value = *text;
  return {};
}

problem read_signed(const nlohmann::json& json, std::int64_t& value, std::int64_t minimum, std::int64_t maximum,
                    const json_path& path) {
  const auto wanted = "an integer from " + std::to_string(minimum) + " to " + std::to_string(maximum);
  if (!json.is_number_integer()) return wrong_kind(path, wanted, json);
  // Non-negative integers are kept unsigned by the parser, and may be beyond the signed range.
  const bool is_too_large = json.is_number_unsigned() &&
                            json.get<std::uint64_t>() > static_cast<std::uint64_t>(std::max<std::int64_t>(maximum, 0));
  const auto number = is_too_large ? 0 : json.get<std::int64_t>();
  if (is_too_large || number < minimum || number > maximum) return refused(path, "must be " + wanted);
  value = number;
  return {};
}

problem read_unsigned(const nlohmann::json& json, std::uint64_t& value, std::uint64_t maximum, const json_path& path) {
  const auto wanted = "an integer from 0 to " + std::to_string(maximum);
  if (!json.is_number_integer()) return wrong_kind(path, wanted, json);
  // A value made in code may hold a non-negative integer as a signed one.
  if (!json.is_number_unsigned() && json.get<std::int64_t>() < 0) return refused(path, "must be " + wanted);
  if (json.get<std::uint64_t>() > maximum) return refused(path, "must be " + wanted);
  value = json.get<std::uint64_t>();
  return {};
}

failure unknown_enumerator(const nlohmann::json& json, const std::string_view* names, std::size_t count,
                           const json_path& path) {
  const auto* text = json.get_ptr<const std::string*>();
  const auto found = text == nullptr ? std::string{kind_of(json)} : quoted_text(*text);
  return refused(path, "must be one of " + listed(names, count) + ", but is " + found);
}

failure unknown_key(std::string_view key, const std::string_view* names, std::size_t count, const json_path& path) {
  const auto known = count == 0 ? std::string{"no key is"} : listed(names, count) + (count == 1 ? " is" : " are");
  return refused(json_path{&path, key}, "is not a known key; " + known + " known here");
}

failure first_unknown_key(const nlohmann::json& object, const std::string_view* names, std::size_t count,
                          const json_path& path) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(names, names + count, key) == names + count) return unknown_key(key, names, count, path);
  }
  return refused(path, "has an unknown key");
}

}  // namespace planguild::json_fields
