// Fuzzes the reading of manifests: what is accepted keeps every rule of manifest.hpp and reads back the same. One
// thread.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "actors/discovery/manifest.hpp"
#include "messages/json_fields.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"
#include "tests/fuzz/targets.hpp"

namespace planguild::fuzz {
namespace {

constexpr std::string_view path = "/planners/fuzzed_planner.planner.json";

void check_set(const std::vector<std::string>& names) {
  require(names.size() <= limits::capabilities_per_planner_max, "a set is within its bound");
  require(text::capability_set(names) == names, "capabilities and tags are normalised sets");
  for (const auto& name : names) require(name.find('\0') == std::string::npos, "a name of a set has no NUL");
}

void check_files(const parsed_manifest& parsed) {
  auto files = parsed.manifest.entry.files;
  require(parsed.files_given || files.empty(), "files that were not given are empty");
  require(files.size() <= limits::entry_files_max, "the covered files are within their bound");
  std::sort(files.begin(), files.end());
  require(std::adjacent_find(files.begin(), files.end()) == files.end(), "every file is covered once");
  for (const auto& file : files) {
    require(!relative_path_problem(file) && normal_relative_path(file) == file,
            "covered files are normal relative paths");
  }
}

void check_command(const parsed_manifest& parsed) {
  const auto& entry = parsed.manifest.entry;
  require(entry.path.empty(), "a command has no library");
  require(!entry.argv.empty() && !relative_path_problem(entry.argv.front()), "the program is a good relative path");
  for (const auto& argument : entry.argv) {
    require(("/" + argument + "/").find("/../") == std::string::npos, "no argument leads out of the folder");
    require(argument.find('\0') == std::string::npos, "no argument has a NUL");
  }
  const bool is_beside = entry.argv.front().find('/') != std::string::npos;
  const auto program = normal_relative_path(entry.argv.front());
  require(!parsed.files_given || !is_beside ||
              std::find(entry.files.begin(), entry.files.end(), program) != entry.files.end(),
          "a program beside the manifest is covered");
  for (const auto& file : default_file_candidates(entry.argv)) {
    require(!relative_path_problem(file) && normal_relative_path(file) == file, "candidates are normal relative paths");
  }
  for (const auto& candidate : program_candidates(entry, "/planners")) {
    require(candidate.starts_with(is_beside ? "/planners/" : "/"), "a program beside the manifest is below its folder");
  }
}

void check_library(const parsed_manifest& parsed) {
  const auto& entry = parsed.manifest.entry;
  require(entry.argv.empty(), "a library has no arguments");
  require(!entry.files.empty() && entry.files.front() == entry.path, "a library is the first of the covered files");
}

void check_entry(const parsed_manifest& parsed) {
  check_files(parsed);
  const auto& entry = parsed.manifest.entry;
  require(entry.kind != entry_kind::builtin, "no manifest makes a builtin");
  entry.kind == entry_kind::command ? check_command(parsed) : check_library(parsed);
  require(!program_candidates(entry, "/planners").empty(), "there is a place to look for what is started");
}

void check_rules(const parsed_manifest& parsed) {
  const auto& manifest = parsed.manifest;
  require(manifest.name == "fuzzed_planner", "the name is the file's");
  require(!text::trim(manifest.version).empty(), "a version is not blank");
  for (const auto* words : {&manifest.version, &manifest.description, &manifest.tier, &manifest.risk_rating}) {
    require(words->find('\0') == std::string::npos, "texts have no NUL");
  }
  check_set(manifest.capabilities);
  check_set(manifest.tags);
  require(!manifest.timeout_s || (std::isfinite(*manifest.timeout_s) && *manifest.timeout_s > 0),
          "a timeout is above 0");
  for (const auto port : manifest.permissions.network) require(port > 0, "ports are 1 to 65535");
  require(manifest.sha256.empty() || (manifest.sha256.size() == 64 &&
                                      manifest.sha256.find_first_not_of("0123456789abcdef") == std::string::npos),
          "sha256 is 64 lower-case hexadecimal digits");
  require(parsed.warnings.size() <= manifest_warnings_max + 1, "warnings are within their bound");
  for (const auto& warning : parsed.warnings) {
    require(!warning.empty() && warning.size() <= limits::last_error_code_points, "a warning is within its bound");
  }
  check_entry(parsed);
}

std::string masked(const std::string& words) {
  return scrub(words, {.hide_paths = false, .bytes_max = 2 * limits::manifest_bytes_max});
}

/// The same manifest as text: defaults that have no spelling are left out.
std::string written(const parsed_manifest& parsed) {
  auto json = to_json(parsed.manifest);
  if (!parsed.manifest.timeout_s) json.erase("timeout_s");
  if (parsed.manifest.sha256.empty()) json.erase("sha256");
  json["entry"].erase(parsed.manifest.entry.kind == entry_kind::command ? "path" : "argv");
  if (!parsed.files_given) json["entry"].erase("files");
  return dump_json(json);
}

void check_round_trip(const parsed_manifest& parsed) {
  const auto text = written(parsed);
  if (text.size() > limits::manifest_bytes_max) return;
  auto expected = parsed.manifest;
  // Lower-casing, which is part of reading a set, can make a token of what was none.
  for (auto& tag : expected.tags) tag = masked(tag);
  expected.tags = text::capability_set(expected.tags);
  require(masked(expected.description) == expected.description, "what was masked stays as it is");
  const auto again = parse_manifest(text, path);
  require(again.value.has_value(), "an accepted manifest that is written again is accepted");
  require(again->warnings.empty(), "a manifest that was written by us has nothing to warn of");
  require(again->manifest == expected, "an accepted manifest that is written again reads the same");
}

}  // namespace

bool fuzz_manifest(std::string_view bytes) {
  const auto parsed = parse_manifest(bytes, path);
  const auto remarks = examine_manifest(bytes, path);
  const auto& problems = remarks.problems;
  require(problems.empty() == parsed.value.has_value(), "a manifest with problems, and no other, is refused");
  require(problems.size() <= manifest_problems_max + 1, "problems are within their bound");
  require(remarks.warnings.size() <= manifest_warnings_max + 1, "warnings are within their bound, refused or not");
  require(parsed.value.has_value() != parsed.error.has_value(), "an outcome is a value or a failure");
  if (!parsed) {
    require_sound(*parsed.error);
    require(problems.front() == parsed.error->message, "the refusal tells the first problem");
    require(parsed.error->code == failure_code::invalid_manifest, "a refused manifest is invalid_manifest");
    require(parsed.error->where == path, "a refusal says which file");
    return false;
  }
  require(remarks.warnings == parsed->warnings, "warnings are the same, whoever asks");
  check_rules(*parsed);
  check_round_trip(*parsed);
  return true;
}

}  // namespace planguild::fuzz
