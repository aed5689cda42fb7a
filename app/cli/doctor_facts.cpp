// Looking at roots, manifests and the store for `planguild doctor`. Reads files; main thread.
#include "app/cli/doctor_facts.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "actors/discovery/allowlist.hpp"
#include "actors/discovery/load.hpp"
#include "actors/discovery/walk.hpp"
#include "app/host/system/store_database.hpp"
#include "app/host/system/system.hpp"
#include "app/host/system/system_reason.hpp"
#include "messages/limits.hpp"

namespace planguild::cli {
namespace {

constexpr std::size_t manifests_linted_max = 1'000;  // every one costs the reading of its planner's files
constexpr std::size_t set_aside_max = 100;
constexpr mode_t permission_bits = 07777;

using condition = store_facts::condition;
using fault = store_facts::fault;

bool is_writable_folder(const std::string& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
}

/// The nearest folder above `path` that is there.
std::string existing_parent(std::string path) {
  struct stat facts {};
  while (path.size() > 1) {
    const auto slash = path.rfind('/', path.size() - 1);
    path = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    if (path == "." || ::stat(path.c_str(), &facts) == 0) break;
  }
  return path;
}

std::vector<std::string> databases_set_aside(const std::string& directory) {
  std::vector<std::string> result;
  std::error_code ignored;
  for (std::filesystem::directory_iterator entry{directory, ignored}, end; entry != end && !ignored;
       entry.increment(ignored)) {
    const auto name = entry->path().filename().string();
    if (name.starts_with("planguild.db.corrupt-") && !name.ends_with("-wal")) result.push_back(entry->path().string());
    if (result.size() >= set_aside_max) break;
  }
  std::sort(result.begin(), result.end());
  return result;
}

condition condition_of(database_problem::kind_of kind) {
  switch (kind) {
    case database_problem::kind_of::busy:
      return condition::busy;
    case database_problem::kind_of::corrupt:
      return condition::corrupt;
    case database_problem::kind_of::refused:
    case database_problem::kind_of::unusable:
      break;
  }
  return condition::unusable;
}

/// Opens and reads the database; an existing one only.
void look_at_database(store_facts& facts) {
  struct stat file {};
  if (::stat(facts.file.c_str(), &file) != 0) {
    const int error = errno;
    facts.state = error == ENOENT ? condition::absent : condition::unusable;
    if (facts.state == condition::absent) return;
    facts.where = fault::file;
    facts.reason = system_reason(error);
    return;
  }
  auto opened = store_database::open(facts.file);
  std::optional<database_problem> problem;
  if (!opened.database) {
    problem = std::move(opened.problem);
  } else {
    store_contents contents;
    problem = opened.database->read(contents, limits::store_recall_ms);
  }
  if (!problem) return;
  facts.state = condition_of(problem->kind);
  if (facts.state == condition::unusable) facts.where = fault::file;
  facts.reason = std::move(problem->reason);
}

root_facts look_at_root(const std::string& path, file_source& files) {
  root_facts root;
  root.path = path;
  const auto facts = files.stat(path);
  if (!facts) {
    root.found = facts.error->code != failure_code::not_found;
    root.unreadable = facts.error->message;
    return root;
  }
  root.found = true;
  root.is_folder = facts->kind == file_kind::directory;
  root.mode = facts->mode;
  if (!root.is_folder) return root;
  if (const auto entries = files.list(path); !entries) root.unreadable = entries.error->message;
  return root;
}

std::vector<std::string> absolute_paths(const std::vector<std::string>& paths, const std::string& base) {
  std::vector<std::string> result;
  result.reserve(paths.size());
  for (const auto& path : paths) result.push_back(absolute_path(path, base));
  return result;
}

std::string folder_of_this_program() {
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return ignored ? std::string{} : self.parent_path().string() + "/";
}

}  // namespace

store_facts look_at_store(const std::string& directory) {
  store_facts facts;
  facts.directory = directory;
  if (directory.empty()) {
    facts.state = condition::unnamed;
    facts.reason = "neither --state, XDG_STATE_HOME nor HOME names a folder";
    return facts;
  }
  facts.file = directory + "/planguild.db";
  struct stat folder {};
  if (::stat(directory.c_str(), &folder) != 0) {
    const int error = errno;
    const auto parent = existing_parent(directory);
    const bool can_be_made = error == ENOENT && is_writable_folder(parent);
    facts.state = can_be_made ? condition::absent : condition::unusable;
    if (!can_be_made) facts.where = error == ENOTDIR ? fault::not_a_folder : fault::no_folder;
    if (error != ENOENT) facts.reason = directory + ": " + system_reason(error);
    if (error == ENOENT && !can_be_made) {
      facts.reason = "the folder is not there, and none can be made in " + parent + ": " + system_reason(errno);
    }
    return facts;
  }
  facts.directory_mode = folder.st_mode & permission_bits;
  if (!S_ISDIR(folder.st_mode)) {
    facts.state = condition::unusable;
    facts.where = fault::not_a_folder;
    facts.reason = "it is no folder";
    return facts;
  }
  if (!is_writable_folder(directory)) {
    facts.reason = "the folder cannot be written: " + system_reason(errno);
    facts.state = condition::unusable;
    facts.where = fault::folder_not_writable;
    return facts;
  }
  facts.set_aside = databases_set_aside(directory);
  look_at_database(facts);
  return facts;
}

void look_at_planners(doctor_facts& facts, file_source& files, const std::string& working_directory) {
  const auto& settings = facts.configuration.value;
  facts.program_folder = folder_of_this_program();
  facts.launcher = find_launcher();
  const auto roots = absolute_paths(settings.planner_path, working_directory);
  for (const auto& path : roots) facts.roots.push_back(look_at_root(path, files));
  auto found = find_manifests(absolute_paths(settings.manual_planners, working_directory), roots, true, files);
  for (auto& failure : found.failures) {
    const bool is_root = std::find(roots.begin(), roots.end(), failure.where) != roots.end();
    if (!is_root) facts.search_failures.push_back(std::move(failure));
  }
  const allowlist allowed{settings};
  std::size_t linted = 0;
  for (const auto& site : found.sites) {
    manifest_facts manifest;
    manifest.path = site.path;
    if (site.facts && *site.facts) manifest.mode = (**site.facts).mode;
    manifest.left_out = allowed.check(site.raw_name(), site.source);
    if (!manifest.left_out) {
      if (++linted > manifests_linted_max) {
        ++facts.manifests_left;
        continue;
      }
      manifest.lint = lint_manifest(site.path, files, working_directory);
    }
    facts.manifests.push_back(std::move(manifest));
  }
}

}  // namespace planguild::cli
