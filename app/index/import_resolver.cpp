// Shared lookups, and C and C++ includes. Owned by app/index; immutable once made, any thread.
#include "app/index/import_resolver.hpp"

#include <algorithm>
#include <array>

namespace planguild {

namespace {

// Headers of the C library and of POSIX: in angle brackets they mean the system's.
constexpr std::array<std::string_view, 62> system_headers{
    "aio.h",      "alloca.h",  "assert.h",  "complex.h",     "ctype.h",   "dirent.h",    "dlfcn.h",   "elf.h",
    "endian.h",   "errno.h",   "fcntl.h",   "features.h",    "fenv.h",    "float.h",     "fnmatch.h", "ftw.h",
    "getopt.h",   "glob.h",    "grp.h",     "iconv.h",       "ifaddrs.h", "inttypes.h",  "io.h",      "iso646.h",
    "langinfo.h", "libgen.h",  "limits.h",  "link.h",        "locale.h",  "malloc.h",    "math.h",    "memory.h",
    "netdb.h",    "poll.h",    "pthread.h", "pwd.h",         "regex.h",   "sched.h",     "search.h",  "semaphore.h",
    "setjmp.h",   "signal.h",  "spawn.h",   "stdalign.h",    "stdarg.h",  "stdatomic.h", "stdbool.h", "stddef.h",
    "stdint.h",   "stdio.h",   "stdlib.h",  "stdnoreturn.h", "string.h",  "strings.h",   "syslog.h",  "termios.h",
    "tgmath.h",   "threads.h", "time.h",    "uchar.h",       "unistd.h",  "wchar.h"};
static_assert(std::is_sorted(system_headers.begin(), system_headers.end()));

constexpr std::array<std::string_view, 8> system_folders{"arpa/", "asm/",     "bits/", "linux/",
                                                         "net/",  "netinet/", "sys/",  "machine/"};

bool is_system_header(std::string_view path) {
  return std::binary_search(system_headers.begin(), system_headers.end(), path) ||
         std::any_of(system_folders.begin(), system_folders.end(),
                     [&](auto folder) { return path.starts_with(folder); });
}

bool is_c_family(language lang) {
  return lang == language::c || lang == language::cpp || lang == language::objective_c;
}

}  // namespace

std::optional<std::string> join_path(std::string_view folder, std::string_view path) {
  if (path.starts_with('/')) {
    return std::nullopt;
  }
  std::string joined(folder);
  while (!path.empty()) {
    auto slash = path.find('/');
    auto component = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    if (component.empty() || component == ".") {
      continue;
    }
    if (component == "..") {
      if (joined.empty()) {
        return std::nullopt;
      }
      joined.resize(folder_of(joined).size());
      continue;
    }
    if (!joined.empty()) {
      joined += '/';
    }
    joined += component;
  }
  return joined;
}

import_resolver::import_resolver(const std::vector<source_file>& files) : files_(files) {
  by_path_.reserve(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    by_path_.emplace(files[i].path, static_cast<file_id>(i));
    if (is_c_family(files[i].lang)) {
      by_name_[file_name(files[i].path)].push_back(static_cast<file_id>(i));
    }
  }
  for (const auto& file : files) {
    std::string_view path = file.path;
    if (file_name(path) == "__init__.py" && !folder_of(path).empty() &&
        !is_python_package(folder_of(folder_of(path)))) {
      package_roots_[file_name(folder_of(path))].push_back(folder_of(folder_of(path)));
    }
  }
}

std::optional<file_id> import_resolver::find(std::string_view path) const {
  auto found = by_path_.find(path);
  return found == by_path_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<file_id> import_resolver::find_below(std::string_view folder, std::string_view path) const {
  auto joined = join_path(folder, path);
  return joined ? find(*joined) : std::nullopt;
}

std::optional<file_id> import_resolver::resolve(file_id from, const raw_import& imported) const {
  if (from >= files_.size() || imported.target.size() > 4096) {
    return std::nullopt;
  }
  std::string_view path = files_[from].path;
  switch (imported.form) {
    case import_form::include_quoted:
    case import_form::include_angled:
      return resolve_include(path, imported);
    case import_form::python_module:
    case import_form::python_member:
      return resolve_python(path, imported);
    case import_form::script_path:
      return resolve_script(path, imported.target);
  }
  return std::nullopt;
}

std::optional<file_id> import_resolver::resolve_include(std::string_view from, const raw_import& imported) const {
  std::string_view path = imported.target;
  bool quoted = imported.form == import_form::include_quoted;
  bool system = !quoted && is_system_header(path);
  if (quoted) {
    if (auto beside = find_below(folder_of(from), path)) {
      return beside;
    }
  }
  if (auto found = include_below({}, path, system)) {
    return found;
  }
  for (auto folder = folder_of(from); !folder.empty(); folder = folder_of(folder)) {
    if (auto found = include_below(folder, path, system)) {
      return found;
    }
  }
  // A bare name in angle brackets is too likely some library's to be guessed at.
  bool guess = quoted || (!system && path.find('/') != std::string_view::npos);
  return guess ? include_by_suffix(path) : std::nullopt;
}

std::optional<file_id> import_resolver::include_below(std::string_view folder, std::string_view path,
                                                      bool system) const {
  std::string include_folder(folder);
  include_folder += include_folder.empty() ? "include" : "/include";
  if (system) {
    return find_below(include_folder, path);
  }
  if (auto found = find_below(folder, path)) {
    return found;
  }
  if (auto found = find_below(include_folder, path)) {
    return found;
  }
  std::string source_folder(folder);
  source_folder += source_folder.empty() ? "src" : "/src";
  return find_below(source_folder, path);
}

std::optional<file_id> import_resolver::include_by_suffix(std::string_view path) const {
  while (path.starts_with("./") || path.starts_with("../")) {
    path.remove_prefix(path.starts_with("./") ? 2 : 3);
  }
  auto named = by_name_.find(file_name(path));
  if (named == by_name_.end()) {
    return std::nullopt;
  }
  std::optional<file_id> only;
  for (auto id : named->second) {
    std::string_view candidate = files_[id].path;
    bool matches = candidate.ends_with(path) &&
                   (candidate.size() == path.size() || candidate[candidate.size() - path.size() - 1] == '/');
    if (matches && only) {
      return std::nullopt;
    }
    if (matches) {
      only = id;
    }
  }
  return only;
}

}  // namespace planguild
