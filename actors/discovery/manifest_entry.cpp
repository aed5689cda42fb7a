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

/// The texts under `entry.argv`: the program and its arguments.
std::vector<std::string> read_argv(manifest_reader& reader, const json& entry) {
  static constexpr std::string_view accepted = "an array of texts: the program and its arguments";
  static constexpr std::string_view programs =
      "a program beside the manifest (a path with '/', relative to its folder, without \"..\") or the bare name of "
      "one in the system's bin folders";
  const auto before = reader.refusals();
  auto argv = reader.read_texts(entry, "entry.", "argv", accepted);
  if (argv.empty() && reader.refusals() == before) reader.refuse("entry.argv", "is missing or empty", accepted);
  manifest_reader::each_text(entry, "argv", [&reader](std::size_t index, const std::string& argument) {
    if (index == 0) {
      if (auto problem = relative_path_problem(argument)) reader.refuse("entry.argv[0]", *problem, programs);
    } else if (climbs(argument)) {
      // A file outside the folder would not be covered by the digest; an absolute path says so, ".." hides it.
      reader.refuse(manifest_reader::element("entry.argv", index), "contains \"..\"",
                    "arguments without \"..\" as a component");
    }
  });
  return argv;
}

/// Whether `what`, which the digest covers as well, still fits beside `files`; refuses if not.
bool has_room(manifest_reader& reader, const std::vector<std::string>& files, const std::string& what) {
  if (files.size() < limits::entry_files_max) return true;
  reader.refuse("entry.files", "has " + std::to_string(files.size()) + " entries besides " + what + ", which counts",
                "at most " + std::to_string(limits::entry_files_max) + " with it");
  return false;
}

/// The paths under `entry.files`, normalised; where nothing is refused, each once and within the bound.
std::vector<std::string> read_files(manifest_reader& reader, const json& entry) {
  static constexpr std::string_view accepted = "an array of paths relative to the manifest's folder, without \"..\"";
  const auto files = reader.read_texts(entry, "entry.", "files", accepted);
  std::vector<std::string> covered;
  covered.reserve(files.size());
  manifest_reader::each_text(entry, "files", [&](std::size_t index, const std::string& file) {
    if (auto problem = relative_path_problem(file)) {
      reader.refuse(manifest_reader::element("entry.files", index), *problem, accepted);
    } else {
      covered.push_back(normal_relative_path(file));
    }
  });
  if (files.size() > limits::entry_files_max) {
    reader.refuse("entry.files", "has " + std::to_string(files.size()) + " entries",
                  "at most " + std::to_string(limits::entry_files_max));
  }
  auto sorted = covered;
  std::sort(sorted.begin(), sorted.end());
  for (auto at = std::adjacent_find(sorted.begin(), sorted.end()); at != sorted.end();
       at = std::adjacent_find(std::upper_bound(at, sorted.end(), *at), sorted.end())) {
    reader.refuse("entry.files", "names \"" + scrubbed_label(*at, 200) + "\" twice", "every file once");
  }
  return covered;
}

void read_command(manifest_reader& reader, const json& value, parsed_manifest& result) {
  reader.warn_unknown_keys(value, "entry.", {"kind", "argv", "files"});
  const auto before = reader.refusals();
  auto& entry = result.manifest.entry;
  entry.kind = entry_kind::command;
  entry.argv = read_argv(reader, value);
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
  const auto before = reader.refusals();
  const json* path = manifest_reader::find(value, "path");
  if (path == nullptr) {
    reader.refuse("entry.path", "is missing", accepted);
  } else if (!path->is_string()) {
    reader.refuse("entry.path", std::string("is ").append(kind_of(*path)), accepted);
  } else if (auto problem = relative_path_problem(path->get_ref<const std::string&>())) {
    reader.refuse("entry.path", *problem, accepted);
  } else {
    entry.path = normal_relative_path(path->get_ref<const std::string&>());
  }
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
