// The strict reader of NAME.planner.json. Pure functions, any thread.
#include "actors/discovery/manifest.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "actors/discovery/manifest_entry.hpp"
#include "actors/discovery/manifest_reader.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

using nlohmann::json;

void read_name(manifest_reader& reader, const json& object, std::string_view path, planner_manifest& manifest) {
  static constexpr std::string_view accepted =
      "3 to 64 of a-z, 0-9, _ and -, not starting with -, as in the file's name";
  const auto file_name = manifest_name(path);
  const auto before = reader.refusals();
  manifest.name = text::normalised(reader.read_text(object, "name", true, accepted));
  if (reader.refusals() != before) return;
  if (!text::is_planner_name(manifest.name)) {
    reader.refuse("name", "\"" + scrubbed_label(manifest.name, 100) + "\" is no planner name", accepted);
  } else if (!file_name) {
    reader.refuse("name", "cannot be compared: the file is not called NAME.planner.json", accepted);
  } else if (!text::is_planner_name(text::normalised(*file_name))) {
    reader.refuse("name",
                  "\"" + manifest.name + "\" differs from the file's name, which is no planner name; call the file " +
                      manifest.name + ".planner.json",
                  accepted);
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
  const auto before = reader.refusals();
  manifest.sha256 = text::lower(reader.read_text(object, "sha256", true, accepted));
  if (reader.refusals() != before) return;
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
      reader.refuse(manifest_reader::element("permissions.network", index), "is no port", ports);
      continue;
    }
    manifest.permissions.network.push_back(static_cast<std::uint16_t>(port.get<std::uint64_t>()));
  }
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

/// Reads the members of `object`, the manifest at `path`.
void read_manifest(manifest_reader& reader, const json& object, std::string_view path, parsed_manifest& result) {
  if (!object.is_object()) {
    reader.refuse("the manifest", std::string("is ").append(kind_of(object)), "one JSON object");
    return;
  }
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

outcome<json> parse_text(std::string_view text, std::string_view path) {
  auto parsed =
      parse_json(text, {limits::manifest_bytes_max, limits::manifest_depth_max}, failure_code::invalid_manifest, path);
  if (parsed && parsed->is_object()) mask_words(*parsed);
  return parsed;
}

failure refused(const std::string& problem, std::string_view path) {
  return make_failure(failure_code::invalid_manifest, problem, {}, path);
}

}  // namespace

outcome<parsed_manifest> parse_manifest(std::string_view text, std::string_view path) {
  const auto parsed = parse_text(text, path);
  if (!parsed) return *parsed.error;
  parsed_manifest result;
  manifest_reader reader(result.warnings);
  read_manifest(reader, *parsed, path, result);
  if (!reader.problems().empty()) return refused(reader.problems().front(), path);
  reader.finish_warnings();
  return result;
}

manifest_remarks examine_manifest(std::string_view text, std::string_view path) {
  const auto parsed = parse_text(text, path);
  if (!parsed) return {{parsed.error->message}, {}};
  parsed_manifest result;
  manifest_reader reader(result.warnings);
  read_manifest(reader, *parsed, path, result);
  reader.finish_warnings();
  manifest_remarks remarks;
  for (const auto& problem : reader.problems()) remarks.problems.push_back(refused(problem, path).message);
  if (const auto more = reader.problems_left_out(); more > 0) {
    remarks.problems.push_back("and " + std::to_string(more) + (more == 1 ? " more problem" : " more problems"));
  }
  remarks.warnings = std::move(result.warnings);
  return remarks;
}

}  // namespace planguild
