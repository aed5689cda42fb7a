// Grants: see the header. Pure functions, any thread.
#include "messages/grants.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <system_error>

#include "messages/limits.hpp"
#include "messages/sandbox_text.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

/// An absolute path without "..", in normal form (no empty and no "." components, no slash at the end); none: it is
/// something else.
std::optional<std::string> normal_path(std::string_view path) {
  if (path.empty() || path.front() != '/' || path.size() > limits::grant_path_bytes_max ||
      path.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  std::string result;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto component = path.substr(0, path.find('/'));
    if (component == "..") return std::nullopt;
    if (!component.empty() && component != ".") result.append("/").append(component);
    path.remove_prefix(component.size());
  }
  return result.empty() ? "/" : result;
}

bool is_at_or_below(std::string_view path, std::string_view folder) {
  return folder == "/" || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

bool is_granted(std::string_view path, const std::vector<std::string>& folders) {
  return std::any_of(folders.begin(), folders.end(),
                     [path](const std::string& folder) { return is_at_or_below(path, folder); });
}

template <class T>
void make_set(std::vector<T>& entries) {
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
}

void make_sets(planner_permissions& permissions) {
  make_set(permissions.network);
  make_set(permissions.read);
  make_set(permissions.write);
}

/// Adds `entry`, NAME:KIND=VALUE, to `grants`; returns why it is refused, or nothing.
std::string_view add_entry(std::string_view entry, std::map<std::string, planner_permissions>& grants) {
  const auto colon = entry.find(':');
  const auto equals = entry.find('=');
  if (colon == std::string_view::npos || equals == std::string_view::npos || equals < colon) {
    return "is none of these";
  }
  const auto name = text::normalised(entry.substr(0, colon));
  if (!text::is_planner_name(name)) return "names no planner";
  const auto kind = text::trim(entry.substr(colon + 1, equals - colon - 1));
  const auto value = entry.substr(equals + 1);
  if (kind == "network") {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), port);
    if (error != std::errc{} || end != value.data() + value.size() || port == 0) return "is no port";
    grants[name].network.push_back(port);
    return {};
  }
  if (kind != "read" && kind != "write") return "is none of these";
  auto path = normal_path(value);
  if (!path) return "is no absolute path without ..";
  (kind == "read" ? grants[name].read : grants[name].write).push_back(std::move(*path));
  return {};
}

/// Splits `requested` into what `granted` gives and the rest.
void split(const planner_permissions& requested, const planner_permissions& granted, planner_permissions& given,
           planner_permissions& refused) {
  for (const auto port : requested.network) {
    const bool both = std::find(granted.network.begin(), granted.network.end(), port) != granted.network.end();
    (both ? given : refused).network.push_back(port);
  }
  for (const auto& path : requested.read) {
    const auto normal = normal_path(path);
    const bool both = normal && (is_granted(*normal, granted.read) || is_granted(*normal, granted.write));
    (both ? given : refused).read.push_back(normal.value_or(path));
  }
  for (const auto& path : requested.write) {
    const auto normal = normal_path(path);
    (normal && is_granted(*normal, granted.write) ? given : refused).write.push_back(normal.value_or(path));
  }
  make_sets(given);
  make_sets(refused);
}

void add_words(std::vector<std::string>& words, const planner_permissions& permissions, const std::string& prefix) {
  for (const auto port : permissions.network) words.push_back(prefix + "network=" + std::to_string(port));
  for (const auto& path : permissions.read) words.push_back(prefix + "read=" + path);
  for (const auto& path : permissions.write) words.push_back(prefix + "write=" + path);
}

/// Whether FACTORY_GRANTS can hold `path`: in normal form, and nothing in it ends an entry or is trimmed.
bool can_be_granted(const std::string& path) {
  return normal_path(path) == path && path.find(',') == std::string::npos && text::trim(path) == path;
}

}  // namespace

std::optional<std::vector<planner_grants>> grants_from(std::string_view text, std::string& problem) {
  std::map<std::string, planner_permissions> grants;
  const auto entries = text::split_list(text);
  if (entries.size() > limits::grants_max) {
    problem = "there are " + std::to_string(entries.size()) + " grants, and at most " +
              std::to_string(limits::grants_max) + " are taken";
    return std::nullopt;
  }
  for (const auto& entry : entries) {
    if (const auto why = add_entry(entry, grants); !why.empty()) {
      problem = '"' + scrub(entry, {.hide_paths = false, .bytes_max = 200}) + "\" " + std::string{why};
      return std::nullopt;
    }
  }
  std::vector<planner_grants> result;
  result.reserve(grants.size());
  for (auto& [name, permissions] : grants) {
    make_sets(permissions);
    result.push_back({name, std::move(permissions)});
  }
  return result;
}

std::string grants_text(const std::vector<planner_grants>& grants) {
  std::vector<std::string> words;
  for (const auto& each : grants) add_words(words, each.permissions, each.name + ":");
  return text::join(words, ",");
}

planner_permissions granted_to(const std::vector<planner_grants>& grants, std::string_view name) {
  const auto found =
      std::find_if(grants.begin(), grants.end(), [name](const planner_grants& each) { return each.name == name; });
  return found == grants.end() ? planner_permissions{} : found->permissions;
}

planner_permissions effective_grants(const planner_permissions& requested, const planner_permissions& granted) {
  planner_permissions given;
  planner_permissions refused;
  split(requested, granted, given, refused);
  return given;
}

planner_permissions ungranted(const planner_permissions& requested, const planner_permissions& granted) {
  planner_permissions given;
  planner_permissions refused;
  split(requested, granted, given, refused);
  return refused;
}

std::string grants_needed(const std::vector<planner_grants>& grants, std::string_view name,
                          const planner_permissions& requested) {
  auto wanted = ungranted(requested, granted_to(grants, name));
  std::erase(wanted.network, std::uint16_t{0});
  std::erase_if(wanted.read, [](const std::string& path) { return !can_be_granted(path); });
  std::erase_if(wanted.write, [](const std::string& path) { return !can_be_granted(path); });
  if (wanted == planner_permissions{}) return {};
  auto all = grants;
  auto at = std::find_if(all.begin(), all.end(), [name](const planner_grants& each) { return each.name == name; });
  if (at == all.end()) at = all.insert(all.end(), {std::string{name}, {}});
  auto& has = at->permissions;
  has.network.insert(has.network.end(), wanted.network.begin(), wanted.network.end());
  has.read.insert(has.read.end(), wanted.read.begin(), wanted.read.end());
  has.write.insert(has.write.end(), wanted.write.begin(), wanted.write.end());
  make_sets(has);
  return grants_text(all);
}

std::string probe_conditions(const sandbox_policy& policy, const std::vector<planner_grants>& grants,
                             const planner_manifest& manifest) {
  if (manifest.entry.kind == entry_kind::builtin) return {};
  std::vector<std::string> words{sandbox_policy_text(policy)};
  add_words(words, effective_grants(manifest.permissions, granted_to(grants, manifest.name)), {});
  return text::join(words, ",");
}

}  // namespace planguild
