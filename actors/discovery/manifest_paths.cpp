// The path rules of manifests: relative, without "..", and where a program is looked for. Pure functions, any thread.
#include <algorithm>

#include "actors/discovery/manifest.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace {

/// Calls `visit` with every component of `path`; stops when it returns false. Returns whether all were visited.
template <class Visit>
bool each_component(std::string_view path, Visit visit) {
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (!visit(path.substr(begin, end - begin))) return false;
    begin = end + 1;
  }
  return true;
}

}  // namespace

std::optional<std::string_view> manifest_name(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  std::string_view file = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (file.size() <= manifest_suffix.size() || !file.ends_with(manifest_suffix)) return std::nullopt;
  file.remove_suffix(manifest_suffix.size());
  return file;
}

bool climbs(std::string_view path) noexcept {
  return !each_component(path, [](std::string_view component) { return component != ".."; });
}

std::optional<std::string_view> relative_path_problem(std::string_view path) noexcept {
  if (path.empty()) return "is empty";
  if (path.size() > manifest_path_bytes_max) return "is longer than 4096 bytes";
  if (path.find('\0') != std::string_view::npos) return "contains a NUL character";
  if (path.front() == '/') return "is absolute";
  bool names_something = false;
  const bool stays_below = each_component(path, [&](std::string_view component) {
    names_something = names_something || (!component.empty() && component != ".");
    return component != "..";
  });
  if (!stays_below) return "contains \"..\"";
  if (!names_something) return "names the folder itself";
  return std::nullopt;
}

std::string normal_relative_path(std::string_view path) {
  std::string result;
  result.reserve(path.size());
  each_component(path, [&](std::string_view component) {
    if (component.empty() || component == ".") return true;
    if (!result.empty()) result += '/';
    result += component;
    return true;
  });
  return result;
}

std::vector<std::string> default_file_candidates(const std::vector<std::string>& argv) {
  std::vector<std::string> result;
  for (std::size_t index = 0; index < argv.size() && result.size() < limits::entry_files_max; ++index) {
    // A bare argv[0] is a program of the system, even if a file of that name lies beside the manifest.
    if (index == 0 && argv[0].find('/') == std::string::npos) continue;
    if (relative_path_problem(argv[index])) continue;
    std::string path = normal_relative_path(argv[index]);
    if (std::find(result.begin(), result.end(), path) == result.end()) result.push_back(std::move(path));
  }
  return result;
}

std::vector<std::string> program_candidates(const planner_entry& entry, std::string_view directory) {
  if (entry.kind == entry_kind::library) return {std::string(directory) + "/" + entry.path};
  if (entry.kind != entry_kind::command || entry.argv.empty()) return {};
  const std::string& program = entry.argv.front();
  if (program.find('/') == std::string::npos) return {"/usr/bin/" + program, "/bin/" + program};
  return {std::string(directory) + "/" + normal_relative_path(program)};
}

}  // namespace planguild
