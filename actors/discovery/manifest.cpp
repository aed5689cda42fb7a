// The strict reader of NAME.planner.json. Pure functions, any thread.
#include "actors/discovery/manifest.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <utility>

#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

using nlohmann::json;

/// What a refused value is called in messages; parse errors show the text itself, so the kind is enough here.
std::string_view kind_of(const json& value) {
  switch (value.type()) {
    case json::value_t::null:
      return "null";
    case json::value_t::boolean:
      return "a flag";
    case json::value_t::string:
      return "text";
    case json::value_t::array:
      return "an array";
    case json::value_t::object:
      return "an object";
    default:
      return "a number";
  }
}

/// Reads one manifest object field by field. After the first refusal every further read is a no-op, so that the callers
/// stay a flat list. Lives for one parse.
class manifest_reader {
 public:
  explicit manifest_reader(std::vector<std::string>& warnings) : warnings_(warnings) {}

  bool refused() const { return !problem_.empty(); }
  const std::string& problem() const { return problem_; }

  void refuse(std::string_view path, std::string_view what, std::string_view accepted) {
    if (!problem_.empty()) return;
    problem_.append(path).append(" ").append(what).append("; accepted: ").append(accepted);
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

  /// Array of texts under `key` of an object whose JSON path is `prefix` (with its dot).
  std::vector<std::string> read_texts(const json& object, std::string_view prefix, const char* key,
                                      std::string_view accepted) {
    const json* value = find(object, key);
    if (value == nullptr) return {};
    const std::string path = std::string(prefix) + key;
    if (!value->is_array()) {
      refuse(path, std::string("is ").append(kind_of(*value)), accepted);
      return {};
    }
    std::vector<std::string> result;
    result.reserve(value->size());
    for (std::size_t index = 0; index < value->size() && !refused(); ++index) {
      const json& entry = (*value)[index];
      if (!entry.is_string()) {
        refuse(element(path, index), std::string("is ").append(kind_of(entry)), accepted);
      } else if (entry.get_ref<const std::string&>().find('\0') != std::string::npos) {
        refuse(element(path, index), "contains a NUL character", accepted);
      } else {
        result.push_back(entry.get_ref<const std::string&>());
      }
    }
    return result;
  }

  static std::string element(std::string_view path, std::size_t index) {
    return std::string(path) + "[" + std::to_string(index) + "]";
  }

  static const json* find(const json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
  }

 private:
  std::vector<std::string>& warnings_;
  std::size_t warnings_seen_ = 0;
  std::string problem_;
};

void read_name(manifest_reader& reader, const json& object, std::string_view path, planner_manifest& manifest) {
  static constexpr std::string_view accepted =
      "3 to 64 of a-z, 0-9, _ and -, not starting with -, as in the file's name";
  const auto file_name = manifest_name(path);
  manifest.name = text::normalised(reader.read_text(object, "name", true, accepted));
  if (reader.refused()) return;
  if (!text::is_planner_name(manifest.name)) {
    reader.refuse("name", "\"" + scrubbed_label(manifest.name, 100) + "\" is no planner name", accepted);
  } else if (!file_name) {
    reader.refuse("name", "cannot be compared: the file is not called NAME.planner.json", accepted);
  } else if (text::normalised(*file_name) != manifest.name) {
    reader.refuse("name", "\"" + manifest.name + "\" differs from the file's name", text::normalised(*file_name));
  }
}

void read_timeout(manifest_reader& reader, const json& object, planner_manifest& manifest) {
  const json* value = manifest_reader::find(object, "timeout_s");
  if (value == nullptr) return;
  if (!value->is_number()) {
    reader.refuse("timeout_s", std::string("is ").append(kind_of(*value)), "a number of seconds above 0");
    return;
  }
  const auto seconds = value->get<double>();
  if (!std::isfinite(seconds) || seconds <= 0) {
    reader.refuse("timeout_s", "is " + text::shortest(seconds), "a number of seconds above 0");
    return;
  }
  manifest.timeout_s = seconds;
}

void read_sha256(manifest_reader& reader, const json& object, planner_manifest& manifest) {
  static constexpr std::string_view accepted = "64 hexadecimal digits";
  if (manifest_reader::find(object, "sha256") == nullptr) return;
  manifest.sha256 = text::lower(reader.read_text(object, "sha256", true, accepted));
  if (reader.refused()) return;
  if (manifest.sha256.size() != 64 || manifest.sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
    reader.refuse("sha256", "is no SHA-256", accepted);
  }
}

void read_permissions(manifest_reader& reader, const json& object, planner_manifest& manifest) {
  const json* value = manifest_reader::find(object, "permissions");
  if (value == nullptr) return;
  if (!value->is_object()) {
    reader.refuse("permissions", std::string("is ").append(kind_of(*value)), "an object with network, read and write");
    return;
  }
  static constexpr std::string_view ports = "an array of TCP ports (1 to 65535)";
  static constexpr std::string_view paths = "an array of paths";
  reader.warn_unknown_keys(*value, "permissions.", {"network", "read", "write"});
  manifest.permissions.read = reader.read_texts(*value, "permissions.", "read", paths);
  manifest.permissions.write = reader.read_texts(*value, "permissions.", "write", paths);
  const json* network = manifest_reader::find(*value, "network");
  if (network == nullptr) return;
  if (!network->is_array()) {
    reader.refuse("permissions.network", std::string("is ").append(kind_of(*network)), ports);
    return;
  }
  for (std::size_t index = 0; index < network->size(); ++index) {
    const json& port = (*network)[index];
    if (!port.is_number_unsigned() || port.get<std::uint64_t>() < 1 || port.get<std::uint64_t>() > 65'535) {
      reader.refuse("permissions.network[" + std::to_string(index) + "]", "is no port", ports);
      return;
    }
    manifest.permissions.network.push_back(static_cast<std::uint16_t>(port.get<std::uint64_t>()));
  }
}

void check_argv(manifest_reader& reader, const std::vector<std::string>& argv) {
  static constexpr std::string_view accepted =
      "a program beside the manifest (a path with '/', relative to its folder, without \"..\") or the bare name of "
      "one in the system's bin folders";
  if (argv.empty()) {
    reader.refuse("entry.argv", "is missing or empty", "an array of texts: the program and its arguments");
    return;
  }
  if (auto problem = relative_path_problem(argv[0])) {
    reader.refuse("entry.argv[0]", *problem, accepted);
    return;
  }
  for (std::size_t index = 1; index < argv.size(); ++index) {
    // An argument may be anything but a way out of the folder: such a file would not be covered by the digest.
    if (relative_path_problem(argv[index]) == std::optional<std::string_view>("contains \"..\"")) {
      reader.refuse("entry.argv[" + std::to_string(index) + "]", "contains \"..\"",
                    "arguments that do not lead out of the manifest's folder");
      return;
    }
  }
}

void read_files(manifest_reader& reader, const json& entry, parsed_manifest& result) {
  static constexpr std::string_view accepted = "an array of paths relative to the manifest's folder, without \"..\"";
  result.files_given = manifest_reader::find(entry, "files") != nullptr;
  if (!result.files_given) return;
  const auto files = reader.read_texts(entry, "entry.", "files", accepted);
  auto& covered = result.manifest.entry.files;
  for (std::size_t index = 0; index < files.size() && !reader.refused(); ++index) {
    if (auto problem = relative_path_problem(files[index])) {
      reader.refuse("entry.files[" + std::to_string(index) + "]", *problem, accepted);
      return;
    }
    covered.push_back(normal_relative_path(files[index]));
  }
  if (covered.size() > limits::entry_files_max) {
    reader.refuse("entry.files", "has " + std::to_string(covered.size()) + " entries",
                  "at most " + std::to_string(limits::entry_files_max));
    return;
  }
  auto unique = covered;
  std::sort(unique.begin(), unique.end());
  if (const auto twice = std::adjacent_find(unique.begin(), unique.end()); twice != unique.end()) {
    reader.refuse("entry.files", "names \"" + scrubbed_label(*twice, 200) + "\" twice", "every file once");
    return;
  }
  const std::string& program = result.manifest.entry.argv.front();
  if (program.find('/') == std::string::npos) return;
  std::string path = normal_relative_path(program);
  if (std::binary_search(unique.begin(), unique.end(), path)) return;
  if (covered.size() == limits::entry_files_max) {
    reader.refuse("entry.files",
                  "has " + std::to_string(covered.size()) + " entries besides the program of entry.argv, which counts",
                  "at most " + std::to_string(limits::entry_files_max) + " with the program");
    return;
  }
  reader.warn("entry.files", "does not list the program of entry.argv; it is covered by the digest all the same");
  covered.insert(covered.begin(), std::move(path));
}

void read_entry(manifest_reader& reader, const json& object, parsed_manifest& result) {
  static constexpr std::string_view accepted = R"({"kind":"command","argv":[…],"files":[…]})";
  const json* value = manifest_reader::find(object, "entry");
  if (value == nullptr) return reader.refuse("entry", "is missing", accepted);
  if (!value->is_object()) return reader.refuse("entry", std::string("is ").append(kind_of(*value)), accepted);
  const json* kind = manifest_reader::find(*value, "kind");
  if (kind == nullptr) return reader.refuse("entry.kind", "is missing", "\"command\"");
  if (*kind == "library") {
    return reader.refuse("entry.kind",
                         "\"library\" is not available in this version, which has no library planners "
                         "because they need the sandbox",
                         "\"command\"");
  }
  if (*kind != "command") return reader.refuse("entry.kind", "is neither known text nor available", "\"command\"");
  reader.warn_unknown_keys(*value, "entry.", {"kind", "argv", "files"});
  auto& entry = result.manifest.entry;
  entry.kind = entry_kind::command;
  entry.argv = reader.read_texts(*value, "entry.", "argv", "an array of texts: the program and its arguments");
  if (!reader.refused()) check_argv(reader, entry.argv);
  if (!reader.refused()) read_files(reader, *value, result);
}

/// Masks secrets in what a manifest says freely, so that no report has to. (Names, version, capabilities and entry are
/// compared or run, and stay.)
void mask_words(json& object) {
  const auto mask = [](json& value) {
    if (auto* text = value.get_ptr<std::string*>()) {
      *text = scrub(*text, {.hide_paths = false, .bytes_max = 2 * limits::manifest_bytes_max});
    }
  };
  for (const auto* key : {"description", "tier", "risk_rating", "tags"}) {
    const auto found = object.find(key);
    if (found == object.end()) continue;
    mask(*found);
    if (!found->is_array()) continue;
    for (auto& element : *found) mask(element);
  }
}

}  // namespace

outcome<parsed_manifest> parse_manifest(std::string_view text, std::string_view path) {
  auto parsed =
      parse_json(text, {limits::manifest_bytes_max, limits::manifest_depth_max}, failure_code::invalid_manifest, path);
  if (!parsed) return *parsed.error;
  json& object = *parsed;
  parsed_manifest result;
  manifest_reader reader(result.warnings);
  if (!object.is_object()) {
    reader.refuse("the manifest", std::string("is ").append(kind_of(object)), "one JSON object");
  } else {
    mask_words(object);
    planner_manifest& manifest = result.manifest;
    read_name(reader, object, path, manifest);
    manifest.version = reader.read_text(object, "version", true, "text that is not blank");
    manifest.description = reader.read_text(object, "description", false, "text");
    manifest.tier = reader.read_text(object, "tier", false, "text");
    manifest.risk_rating = reader.read_text(object, "risk_rating", false, "text");
    manifest.production_ready = reader.read_flag(object, "production_ready");
    manifest.self_test = reader.read_flag(object, "self_test");
    manifest.capabilities = reader.read_set(object, "capabilities");
    manifest.tags = reader.read_set(object, "tags");
    read_timeout(reader, object, manifest);
    read_permissions(reader, object, manifest);
    read_sha256(reader, object, manifest);
    read_entry(reader, object, result);
    reader.warn_unknown_keys(object, "",
                             {"name", "version", "description", "capabilities", "tags", "tier", "production_ready",
                              "risk_rating", "self_test", "timeout_s", "permissions", "entry", "sha256"});
  }
  if (reader.refused()) return make_failure(failure_code::invalid_manifest, reader.problem(), {}, path);
  reader.finish_warnings();
  return result;
}

}  // namespace planguild
