// How a manifest says that its planner is started: a command or a library, and the files that the digest covers. Pure
// functions, any thread.
#include "actors/discovery/manifest_entry.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/discovery/manifest_reader.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

using nlohmann::json;

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
    const std::string where = "entry.argv[" + std::to_string(index) + "]";
    // A file outside the folder would not be covered by the digest; an absolute path says so, ".." hides it.
    if (climbs(argv[index])) {
      reader.refuse(where, "contains \"..\"", "arguments without \"..\" as a component");
      return;
    }
    if (argv[index].find('\0') != std::string::npos) {
      reader.refuse(where, "contains a NUL character", "arguments that a program can be given");
      return;
    }
  }
}

/// Whether `what`, which the digest covers as well, still fits beside `files`; refuses if not.
bool has_room(manifest_reader& reader, const std::vector<std::string>& files, const std::string& what) {
  if (files.size() < limits::entry_files_max) return true;
  reader.refuse("entry.files", "has " + std::to_string(files.size()) + " entries besides " + what + ", which counts",
                "at most " + std::to_string(limits::entry_files_max) + " with it");
  return false;
}

/// The paths under `entry.files`, normalised, each once and within the bound.
std::vector<std::string> read_files(manifest_reader& reader, const json& entry) {
  static constexpr std::string_view accepted = "an array of paths relative to the manifest's folder, without \"..\"";
  const auto files = reader.read_texts(entry, "entry.", "files", accepted);
  std::vector<std::string> covered;
  covered.reserve(files.size());
  for (std::size_t index = 0; index < files.size(); ++index) {
    if (auto problem = relative_path_problem(files[index])) {
      reader.refuse("entry.files[" + std::to_string(index) + "]", *problem, accepted);
      return {};
    }
    covered.push_back(normal_relative_path(files[index]));
  }
  if (covered.size() > limits::entry_files_max) {
    reader.refuse("entry.files", "has " + std::to_string(covered.size()) + " entries",
                  "at most " + std::to_string(limits::entry_files_max));
    return {};
  }
  auto unique = covered;
  std::sort(unique.begin(), unique.end());
  if (const auto twice = std::adjacent_find(unique.begin(), unique.end()); twice != unique.end()) {
    reader.refuse("entry.files", "names \"" + scrubbed_label(*twice, 200) + "\" twice", "every file once");
    return {};
  }
  return covered;
}

void read_command(manifest_reader& reader, const json& value, parsed_manifest& result) {
  reader.warn_unknown_keys(value, "entry.", {"kind", "argv", "files"});
  const auto before = reader.refusals();
  auto& entry = result.manifest.entry;
  entry.kind = entry_kind::command;
  entry.argv = reader.read_texts(value, "entry.", "argv", "an array of texts: the program and its arguments");
  if (reader.refusals() == before) check_argv(reader, entry.argv);
  result.files_given = manifest_reader::find(value, "files") != nullptr;
  if (!result.files_given) return;
  entry.files = read_files(reader, value);
  if (reader.refusals() != before) return;
  const std::string& program = entry.argv.front();
  if (program.find('/') == std::string::npos) return;
  std::string path = normal_relative_path(program);
  if (std::find(entry.files.begin(), entry.files.end(), path) != entry.files.end()) return;
  if (!has_room(reader, entry.files, "the program of entry.argv")) return;
  reader.warn("entry.files", "does not list the program of entry.argv; it is covered by the digest all the same");
  entry.files.insert(entry.files.begin(), std::move(path));
}

/// The library is always covered, and first.
void read_library(manifest_reader& reader, const json& value, parsed_manifest& result) {
  static constexpr std::string_view accepted =
      "the path of a shared object, relative to the manifest's folder, without \"..\"";
  reader.warn_unknown_keys(value, "entry.", {"kind", "path", "files"});
  auto& entry = result.manifest.entry;
  entry.kind = entry_kind::library;
  const json* path = manifest_reader::find(value, "path");
  if (path == nullptr) return reader.refuse("entry.path", "is missing", accepted);
  if (!path->is_string()) return reader.refuse("entry.path", std::string("is ").append(kind_of(*path)), accepted);
  if (auto problem = relative_path_problem(path->get_ref<const std::string&>())) {
    return reader.refuse("entry.path", *problem, accepted);
  }
  entry.path = normal_relative_path(path->get_ref<const std::string&>());
  const auto before = reader.refusals();
  if (manifest_reader::find(value, "files") != nullptr) entry.files = read_files(reader, value);
  result.files_given = true;
  if (reader.refusals() != before || (!entry.files.empty() && entry.files.front() == entry.path)) return;
  if (manifest_reader::find(value, "files") != nullptr) {
    reader.warn("entry.files", "does not begin with entry.path, which the digest covers first all the same");
  }
  std::erase(entry.files, entry.path);
  if (!has_room(reader, entry.files, "entry.path")) return;
  entry.files.insert(entry.files.begin(), entry.path);
}

}  // namespace

void read_entry(manifest_reader& reader, const json& object, parsed_manifest& result) {
  static constexpr std::string_view accepted =
      R"({"kind":"command","argv":[…],"files":[…]} or {"kind":"library","path":"libNAME.so","files":[…]})";
  static constexpr std::string_view kinds = "\"command\" or \"library\"";
  const json* value = manifest_reader::find(object, "entry");
  if (value == nullptr) return reader.refuse("entry", "is missing", accepted);
  if (!value->is_object()) return reader.refuse("entry", std::string("is ").append(kind_of(*value)), accepted);
  const json* kind = manifest_reader::find(*value, "kind");
  if (kind == nullptr) return reader.refuse("entry.kind", "is missing", kinds);
  if (*kind == "command") return read_command(reader, *value, result);
  if (*kind == "library") return read_library(reader, *value, result);
  reader.refuse("entry.kind", "is no known kind", kinds);
}

}  // namespace planguild
