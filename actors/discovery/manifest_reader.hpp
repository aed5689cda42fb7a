// Reads the members of one manifest: types, refusals that name the JSON path and what is accepted, warnings. Lives for
// one parse, on one thread. Internal to actors/discovery.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/discovery/manifest.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {

/// What a refused value is called in messages; parse errors show the text itself, so the kind is enough here.
inline std::string_view kind_of(const nlohmann::json& value) {
  switch (value.type()) {
    case nlohmann::json::value_t::null:
      return "null";
    case nlohmann::json::value_t::boolean:
      return "a flag";
    case nlohmann::json::value_t::string:
      return "text";
    case nlohmann::json::value_t::array:
      return "an array";
    case nlohmann::json::value_t::object:
      return "an object";
    default:
      return "a number";
  }
}

/// Reads one manifest object field by field and goes on after a refusal, so that the callers stay a flat list and every
/// problem is found. Lives for one parse.
class manifest_reader {
 public:
  using json = nlohmann::json;

  explicit manifest_reader(std::vector<std::string>& warnings) : warnings_(warnings) {}

  /// How many problems there were up to now: what was read is good if there are no more than before.
  std::size_t refusals() const { return refusals_; }
  /// The first manifest_problems_max of them.
  const std::vector<std::string>& problems() const { return problems_; }
  /// How many there were besides.
  std::size_t problems_left_out() const { return refusals_ - problems_.size(); }

  void refuse(std::string_view path, std::string_view what, std::string_view accepted) {
    if (++refusals_ > manifest_problems_max) return;
    problems_.push_back(std::string(path).append(" ").append(what).append("; accepted: ").append(accepted));
  }

  void warn(std::string_view path, std::string_view what) {
    ++warnings_seen_;
    if (warnings_.size() < manifest_warnings_max) {
      // Paths in it are the manifest's own words. Masked before it is cut: half a token no longer looks like one.
      const auto warning = scrub(std::string(path).append(" ").append(what), {.hide_paths = false});
      warnings_.push_back(text::cut_bytes(warning, limits::last_error_code_points));
    }
  }

  void finish_warnings() {
    if (warnings_seen_ > warnings_.size()) {
      warnings_.push_back("and " + std::to_string(warnings_seen_ - warnings_.size()) + " more warnings");
    }
  }

  void warn_unknown_keys(const json& object, std::string_view prefix, std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : object.get_ref<const json::object_t&>()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        warn(std::string(prefix) + key, "is unknown and ignored");
      }
    }
  }

  /// Text of `key`; `required` also refuses a blank one. Absent and not required: empty.
  std::string read_text(const json& object, const char* key, bool required, std::string_view accepted) {
    const json* value = find(object, key);
    if (value == nullptr) {
      if (required) refuse(key, "is missing", accepted);
      return {};
    }
    if (!value->is_string()) {
      refuse(key, std::string("is ").append(kind_of(*value)), accepted);
      return {};
    }
    const auto& result = value->get_ref<const std::string&>();
    if (result.find('\0') != std::string::npos) refuse(key, "contains a NUL character", accepted);
    if (required && text::trim(result).empty()) refuse(key, "is blank", accepted);
    return result;
  }

  bool read_flag(const json& object, const char* key) {
    const json* value = find(object, key);
    if (value == nullptr) return false;
    if (!value->is_boolean()) {
      refuse(key, std::string("is ").append(kind_of(*value)), "true or false");
      return false;
    }
    return value->get<bool>();
  }

  /// Absent or null is empty; blanks and what is no text are dropped with a warning.
  std::vector<std::string> read_set(const json& object, const char* key) {
    const json* value = find(object, key);
    if (value == nullptr || value->is_null()) return {};
    if (!value->is_array()) {
      refuse(key, std::string("is ").append(kind_of(*value)), "an array of texts, null, or no such key");
      return {};
    }
    if (value->size() > limits::capabilities_per_planner_max) {
      refuse(key, "has " + std::to_string(value->size()) + " entries",
             "at most " + std::to_string(limits::capabilities_per_planner_max));
      return {};
    }
    std::vector<std::string> names;
    for (std::size_t index = 0; index < value->size(); ++index) {
      const json& entry = (*value)[index];
      if (!entry.is_string()) {
        warn(element(key, index), std::string("is ").append(kind_of(entry)).append(" and dropped"));
      } else if (const auto& name = entry.get_ref<const std::string&>(); text::trim(name).empty()) {
        warn(element(key, index), "is blank and dropped");
      } else if (name.find('\0') != std::string::npos) {
        refuse(element(key, index), "contains a NUL character", "text without NUL");
      } else {
        names.push_back(name);
      }
    }
    return text::capability_set(names);
  }

  /// The good texts of the array under `key` of an object whose JSON path is `prefix` (with its dot); every element
  /// that is none is refused.
  std::vector<std::string> read_texts(const json& object, std::string_view prefix, const char* key,
                                      std::string_view accepted) {
    const json* value = find(object, key);
    if (value == nullptr) return {};
    const std::string path = std::string(prefix) + key;
    if (!value->is_array()) {
      refuse(path, std::string("is ").append(kind_of(*value)), accepted);
      return {};
    }
    for (std::size_t index = 0; index < value->size(); ++index) {
      const json& entry = (*value)[index];
      if (is_good_text(entry)) continue;
      refuse(element(path, index),
             entry.is_string() ? "contains a NUL character" : std::string("is ").append(kind_of(entry)), accepted);
    }
    std::vector<std::string> result;
    result.reserve(value->size());
    each_text(object, key, [&result](std::size_t /*index*/, const std::string& text) { result.push_back(text); });
    return result;
  }

  /// Calls `visit` with index and text of every element under `key` that is good, whatever the others are.
  template <class Visit>
  static void each_text(const json& object, const char* key, Visit visit) {
    const json* value = find(object, key);
    if (value == nullptr || !value->is_array()) return;
    for (std::size_t index = 0; index < value->size(); ++index) {
      const json& entry = (*value)[index];
      if (is_good_text(entry)) visit(index, entry.get_ref<const std::string&>());
    }
  }

  static std::string element(std::string_view path, std::size_t index) {
    return std::string(path) + "[" + std::to_string(index) + "]";
  }

  static const json* find(const json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
  }

 private:
  static bool is_good_text(const json& value) {
    return value.is_string() && value.get_ref<const std::string&>().find('\0') == std::string::npos;
  }

  std::vector<std::string>& warnings_;
  std::size_t warnings_seen_ = 0;
  std::size_t refusals_ = 0;
  std::vector<std::string> problems_;
};

}  // namespace planguild
