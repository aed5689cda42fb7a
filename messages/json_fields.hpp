// Strict JSON for every type with a field list (messages/fields.hpp): the templates behind to_json and from_json.
// Included by json.cpp, which instantiates them for every message, and by tests that have types of their own.
// Pure functions, any thread.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "messages/failure.hpp"
#include "messages/json.hpp"
#include "messages/plan.hpp"

namespace planguild::json_fields {

/// A place inside a JSON value, linked to the place around it; becomes text only when something is wrong there.
struct json_path {
  const json_path* parent = nullptr;
  std::string_view key;          // of an object's member; the label of the whole value where there is no parent
  std::size_t index = no_index;  // of an array's element

  static constexpr std::size_t no_index = static_cast<std::size_t>(-1);
  /// `request.required_capabilities[2]`; keys that are no identifiers are quoted and cut.
  std::string text() const;
};

/// An `invalid_request` at `path`.
failure refused(const json_path& path, std::string_view message);
/// "an object", "text", …: the kind of `value` in plain words.
std::string_view kind_of(const nlohmann::json& value) noexcept;
/// Refused because `value` is not `wanted`.
failure wrong_kind(const json_path& path, std::string_view wanted, const nlohmann::json& value);

using problem = std::optional<failure>;

template <class T>
concept message_type = requires(const T* type) { planguild_field_names(type); };
template <class T>
concept enumeration_type = std::is_enum_v<T> && requires(T value) { planguild_enum_names(value); };
template <class T>
concept integer_type = std::is_integral_v<T> && !std::is_same_v<T, bool>;

// -- writing ----------------------------------------------------------------------------------------------------------

template <class T>
nlohmann::ordered_json write_field(const std::vector<T>& values);
template <class T>
nlohmann::ordered_json write_field(const std::optional<T>& value);
template <message_type T>
nlohmann::ordered_json write_field(const T& message);
/// A plan's `meta` is an object in JSON, and bounded text inside messages (plan_json.cpp).
nlohmann::ordered_json write_field(const plan& made);

inline nlohmann::ordered_json write_field(bool value) {
  return value;
}
inline nlohmann::ordered_json write_field(double value) {
  return value;
}
inline nlohmann::ordered_json write_field(const std::string& value) {
  return value;
}
template <integer_type T>
nlohmann::ordered_json write_field(T value) {
  return value;
}
template <enumeration_type T>
nlohmann::ordered_json write_field(T value) {
  return std::string{to_string(value)};
}

template <class T>
nlohmann::ordered_json write_field(const std::vector<T>& values) {
  auto result = nlohmann::ordered_json::array();
  for (const auto& value : values) result.push_back(write_field(value));
  return result;
}

template <class T>
nlohmann::ordered_json write_field(const std::optional<T>& value) {
  return value ? write_field(*value) : nlohmann::ordered_json(nullptr);
}

template <message_type T>
nlohmann::ordered_json write_field(const T& message) {
  auto result = nlohmann::ordered_json::object();
  auto& members = result.template get_ref<nlohmann::ordered_json::object_t&>();
  [[maybe_unused]] constexpr auto names = planguild_field_names(static_cast<const T*>(nullptr));
  [[maybe_unused]] std::size_t index = 0;
  planguild_visit(
      [&](const auto&... fields) {
        // Straight to the back of the members: the names differ, so the search that operator[] makes is not needed.
        (members.push_back({std::string{names[index++]}, write_field(fields)}), ...);
      },
      message);
  return result;
}

// -- reading ----------------------------------------------------------------------------------------------------------

template <class T>
problem read_field(const nlohmann::json& json, std::vector<T>& values, const json_path& path);
template <class T>
problem read_field(const nlohmann::json& json, std::optional<T>& value, const json_path& path);
template <class T>
problem read_field(const nlohmann::json& json, outcome<T>& value, const json_path& path);
template <message_type T>
problem read_field(const nlohmann::json& json, T& message, const json_path& path);
problem read_field(const nlohmann::json& json, plan& made, const json_path& path);

problem read_field(const nlohmann::json& json, bool& value, const json_path& path);
problem read_field(const nlohmann::json& json, double& value, const json_path& path);
problem read_field(const nlohmann::json& json, std::string& value, const json_path& path);

/// Integers, within `minimum` … `maximum`; a number with a fraction or exponent is none, whatever its value.
problem read_signed(const nlohmann::json& json, std::int64_t& value, std::int64_t minimum, std::int64_t maximum,
                    const json_path& path);
problem read_unsigned(const nlohmann::json& json, std::uint64_t& value, std::uint64_t maximum, const json_path& path);
/// Refused because `json` is none of `names`.
failure unknown_enumerator(const nlohmann::json& json, const std::string_view* names, std::size_t count,
                           const json_path& path);
/// Refused because the key is none of `names`.
failure unknown_key(std::string_view key, const std::string_view* names, std::size_t count, const json_path& path);

template <integer_type T>
problem read_field(const nlohmann::json& json, T& value, const json_path& path) {
  if constexpr (std::is_signed_v<T>) {
    std::int64_t wide = 0;
    auto wrong = read_signed(json, wide, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), path);
    if (!wrong) value = static_cast<T>(wide);
    return wrong;
  } else {
    std::uint64_t wide = 0;
    auto wrong = read_unsigned(json, wide, std::numeric_limits<T>::max(), path);
    if (!wrong) value = static_cast<T>(wide);
    return wrong;
  }
}

template <enumeration_type T>
problem read_field(const nlohmann::json& json, T& value, const json_path& path) {
  if (const auto* text = json.get_ptr<const std::string*>(); text != nullptr && from_string(*text, value)) return {};
  constexpr auto names = planguild_enum_names(T{});
  return unknown_enumerator(json, names.data(), names.size(), path);
}

template <class T>
problem read_field(const nlohmann::json& json, std::vector<T>& values, const json_path& path) {
  if (!json.is_array()) return wrong_kind(path, "an array", json);
  std::vector<T> result;
  result.reserve(json.size());
  for (std::size_t index = 0; index < json.size(); ++index) {
    T element{};
    if (auto wrong = read_field(json[index], element, json_path{&path, {}, index})) return wrong;
    result.push_back(std::move(element));
  }
  values = std::move(result);
  return {};
}

template <class T>
problem read_field(const nlohmann::json& json, std::optional<T>& value, const json_path& path) {
  if (json.is_null()) {
    value.reset();
    return {};
  }
  T read{};
  if (auto wrong = read_field(json, read, path)) return wrong;
  value = std::move(read);
  return {};
}

/// Reads one member of an object if it is there; `known` counts the keys that were found.
template <class T>
problem read_member(const nlohmann::json& object, std::string_view name, T& value, std::size_t& known,
                    const json_path& path) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  ++known;
  return read_field(*found, value, json_path{&path, name});
}

/// The first key of `object` that is none of `names`, refused.
failure first_unknown_key(const nlohmann::json& object, const std::string_view* names, std::size_t count,
                          const json_path& path);

template <message_type T>
problem read_field(const nlohmann::json& json, T& message, const json_path& path) {
  if (!json.is_object()) return wrong_kind(path, "an object", json);
  constexpr auto names = planguild_field_names(static_cast<const T*>(nullptr));
  std::size_t known = 0;
  problem wrong;
  planguild_visit(
      [&](auto&... fields) {
        [[maybe_unused]] std::size_t index = 0;
        (void)((!(wrong = read_member(json, names[index++], fields, known, path))) && ...);
      },
      message);
  if (!wrong && known != json.size()) wrong = first_unknown_key(json, names.data(), names.size(), path);
  return wrong;
}

template <class T>
problem read_field(const nlohmann::json& json, outcome<T>& value, const json_path& path) {
  if (!json.is_object()) return wrong_kind(path, "an object", json);
  constexpr auto names = planguild_field_names(static_cast<const outcome<T>*>(nullptr));
  outcome<T> result;
  result.error.reset();
  std::size_t known = 0;
  if (auto wrong = read_member(json, names[0], result.value, known, path)) return wrong;
  if (auto wrong = read_member(json, names[1], result.error, known, path)) return wrong;
  if (known != json.size()) return first_unknown_key(json, names.data(), names.size(), path);
  if (result.value.has_value() == result.error.has_value()) {
    return refused(path, "must hold either a value or an error");
  }
  value = std::move(result);
  return {};
}

}  // namespace planguild::json_fields

namespace planguild {

template <class Message>
nlohmann::ordered_json to_json(const Message& message) {
  return json_fields::write_field(message);
}

template <class Message>
outcome<Message> from_json(const nlohmann::json& json, std::string_view path) {
  Message result{};
  if (auto wrong = json_fields::read_field(json, result, json_fields::json_path{nullptr, path})) return *wrong;
  return result;
}

}  // namespace planguild
