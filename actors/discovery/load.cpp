// Reads one manifest and digests the files that it covers. One thread at a time.
#include "actors/discovery/load.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "actors/discovery/manifest.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace {

bool is_covered(const covered_file& file) {
  return file.stamp.present && file.stamp.kind == file_kind::regular;
}

/// Why a covered file whose stamp is no good cannot be taken; nothing if it may stay away.
std::optional<std::string> why_refused(const covered_file& file, const parsed_manifest& parsed, file_source& source,
                                       const std::string& folder) {
  if (file.stamp.present && file.stamp.kind == file_kind::symlink) {
    const auto read = source.read_below(folder, file.relative, limits::entry_file_bytes_max);
    const std::string what = parsed.files_given ? "entry.files: " : "entry.argv: ";
    return what + (read ? "\"" + file.relative + "\" changes while it is read" : read.error->message);
  }
  if (!parsed.files_given) return std::nullopt;
  const std::string& path = parsed.manifest.entry.path;
  return (file.relative == path ? "entry.path names \"" : "entry.files names \"") + file.relative + "\", which " +
         (file.stamp.present ? "is no regular file" : "is not there or cannot be reached");
}

/// Takes the stamps of the covered files and settles `entry.files`: as given, else the candidates that exist.
std::optional<failure> find_files(parsed_manifest& parsed, const std::string& path, const std::string& folder,
                                  file_source& source, folder_listing siblings, loaded_planner& loaded) {
  auto& entry = parsed.manifest.entry;
  auto names = parsed.files_given ? std::move(entry.files) : default_file_candidates(entry.argv);
  entry.files.clear();
  loaded.files.reserve(names.size());
  std::optional<failure> problem;
  for (auto& name : names) {
    covered_file file{name, {}};
    file.stamp = covered_stamp(folder, file, source, siblings);
    const bool good = is_covered(file);
    if (!good && !problem) {
      if (const auto why = why_refused(file, parsed, source, folder)) {
        problem = make_failure(failure_code::load_failed, *why, parsed.manifest.name, path);
      }
    }
    if (good) entry.files.push_back(std::move(name));
    loaded.files.push_back(std::move(file));
  }
  return problem;
}

struct file_digest {
  std::string sha256;  // of the bytes of all covered files in order
  std::vector<std::uint64_t> sizes_bytes;
};

/// Reads and hashes all covered files of `planner`, whose manifest is at `path` in `folder`.
outcome<file_digest> digest_files(const std::string& planner, const std::string& path, const std::string& folder,
                                  const std::vector<covered_file>& files, file_source& source) {
  file_digest result;
  sha256 hash;
  for (const auto& file : files) {
    if (!is_covered(file)) continue;
    const auto bytes = source.read_below(folder, file.relative, limits::entry_file_bytes_max);
    if (!bytes) {
      const auto code =
          bytes.error->code == failure_code::limit_exceeded ? failure_code::limit_exceeded : failure_code::load_failed;
      return make_failure(code, "\"" + file.relative + "\" cannot be digested: " + bytes.error->message, planner, path);
    }
    result.sizes_bytes.push_back(bytes->size());
    hash.update(*bytes);
  }
  result.sha256 = hash.hex();
  if (result.sha256.empty()) {
    return make_failure(failure_code::internal, "libcrypto gives no SHA-256", planner, path);
  }
  return result;
}

/// The time of the file that is started: the library, or the first argv element that is covered; else the first covered
/// file, else the manifest.
std::int64_t entry_time_ns(const planner_entry& entry, const loaded_planner& loaded) {
  if (entry.kind == entry_kind::library && !loaded.files.empty()) return loaded.files.front().stamp.modified_ns;
  const covered_file* first = nullptr;
  for (const auto& argument : entry.argv) {
    const std::string name = normal_relative_path(argument);
    for (const auto& file : loaded.files) {
      if (!is_covered(file)) continue;
      if (file.relative == name) return file.stamp.modified_ns;
      if (first == nullptr) first = &file;
    }
    if (first == nullptr) break;  // nothing is covered
  }
  return first != nullptr ? first->stamp.modified_ns : loaded.stamp.modified_ns;
}

outcome<found_planner> read_planner(const std::string& path, planner_source origin, file_source& source,
                                    folder_listing siblings, loaded_planner& loaded) {
  auto text = source.read(path, limits::manifest_bytes_max);
  if (!text) {
    const bool too_large = text.error->code == failure_code::limit_exceeded;
    return make_failure(too_large ? failure_code::invalid_manifest : failure_code::load_failed,
                        "the manifest cannot be read: " + text.error->message, {}, path);
  }
  auto parsed = parse_manifest(*text, path);
  if (!parsed) return *parsed.error;
  loaded.warnings = std::move(parsed->warnings);
  for (auto& warning : loaded.warnings) warning.insert(0, path + ": ");
  found_planner result;
  result.source = origin;
  result.path = path;
  result.directory = manifest_folder(path);
  if (auto problem = find_files(*parsed, path, result.directory, source, siblings, loaded)) return *problem;
  result.manifest = std::move(parsed->manifest);
  const auto& manifest = result.manifest;
  auto digested = digest_files(manifest.name, path, result.directory, loaded.files, source);
  if (!digested) return *digested.error;
  if (!manifest.sha256.empty() && manifest.sha256 != digested->sha256) {
    return make_failure(
        failure_code::invalid_manifest,
        "sha256 differs from the digest of entry.files in their order; accepted: \"" + digested->sha256 + "\"",
        manifest.name, path);
  }
  result.files_sha256 = std::move(digested->sha256);
  result.file_sizes_bytes = std::move(digested->sizes_bytes);
  result.digest = planner_digest(*text, result.manifest.entry.files, result.file_sizes_bytes, result.files_sha256);
  if (result.digest.empty()) {
    return make_failure(failure_code::internal, "libcrypto gives no SHA-256", result.manifest.name, path);
  }
  result.entry_time_ns = entry_time_ns(result.manifest.entry, loaded);
  return result;
}

}  // namespace

std::string_view manifest_folder(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

file_stamp covered_stamp(const std::string& folder, const covered_file& file, file_source& files,
                         folder_listing siblings) {
  if (siblings != nullptr && file.relative.find('/') == std::string::npos) {
    const auto before = [](const directory_entry& entry, const std::string& name) { return entry.name < name; };
    const auto found = std::lower_bound(siblings->begin(), siblings->end(), file.relative, before);
    if (found == siblings->end() || found->name != file.relative) return {};
  }
  return stamp_of(files.stat_below(folder, file.relative));
}

loaded_planner load_planner(const std::string& path, planner_source source, const file_facts& facts, file_source& files,
                            folder_listing siblings) {
  loaded_planner loaded;
  loaded.stamp = stamp_of(facts);
  if (facts.kind != file_kind::regular) {
    loaded.planner = make_failure(failure_code::load_failed, "the manifest is no regular file", {}, path);
  } else {
    loaded.planner = read_planner(path, source, files, siblings, loaded);
  }
  return loaded;
}

bool files_unchanged(const std::string& path, const loaded_planner& loaded, file_source& files,
                     folder_listing siblings) {
  const std::string folder{manifest_folder(path)};
  return std::all_of(loaded.files.begin(), loaded.files.end(), [&](const covered_file& file) {
    return covered_stamp(folder, file, files, siblings) == file.stamp;
  });
}

bool bytes_unchanged(const std::string& path, const loaded_planner& loaded, file_source& files,
                     folder_listing siblings) {
  if (!loaded.planner || !files_unchanged(path, loaded, files, siblings)) return false;
  const found_planner& planner = *loaded.planner;
  const auto text = files.read(path, limits::manifest_bytes_max);
  if (!text) return false;
  const auto digested = digest_files(planner.manifest.name, path, planner.directory, loaded.files, files);
  return digested &&
         planner.digest == planner_digest(*text, planner.manifest.entry.files, digested->sizes_bytes, digested->sha256);
}

std::string absolute_path(std::string_view path, std::string_view base) {
  const bool is_absolute = !path.empty() && path.front() == '/';
  std::string result = is_absolute ? std::string() : absolute_path(base.empty() ? "/" : base, "/");
  if (result == "/") result.clear();
  const std::string rest = normal_relative_path(path);
  if (!rest.empty()) result.append("/").append(rest);
  return result.empty() ? "/" : result;
}

}  // namespace planguild
