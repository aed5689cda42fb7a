// The allowlist, the exclude list and the admission lists. Plain values, any thread.
#include "actors/discovery/allowlist.hpp"

#include <algorithm>

#include "messages/text.hpp"

namespace planguild {
namespace {

std::unordered_set<std::string> set_of(const std::vector<std::string>& list) {
  return {list.begin(), list.end()};
}

std::unordered_set<std::string> normalised_set(const std::vector<std::string>& list) {
  std::unordered_set<std::string> result;
  for (const auto& entry : list) {
    if (auto name = text::normalised(entry); !name.empty()) result.insert(std::move(name));
  }
  return result;
}

/// Longest list, in bytes, that a hint repeats: every skipped planner carries one.
constexpr std::size_t hint_list_bytes_max = 4'096;

bool is_long(const std::vector<std::string>& list) {
  std::size_t bytes = 0;
  for (const auto& entry : list) bytes += entry.size() + 1;
  return bytes > hint_list_bytes_max;
}

/// The line that adds `name` to a list; a long list is not repeated but extended.
std::string line_with(std::string_view variable, std::vector<std::string> list, bool list_is_long,
                      std::string_view name) {
  if (list_is_long)
    return "export " + std::string(variable) + "=\"$" + std::string(variable) + "," + std::string(name) + "\"";
  list.emplace_back(name);
  return export_line(variable, list);
}

/// The line that sets a list without the entries that `same` says are `name`; of a long list only what to do.
template <class Same>
std::string line_without(std::string_view variable, std::vector<std::string> list, bool list_is_long,
                         std::string_view name, Same same) {
  if (list_is_long) return "remove " + std::string(name) + " from " + std::string(variable);
  list.erase(std::remove_if(list.begin(), list.end(), same), list.end());
  return export_line(variable, list);
}

}  // namespace

std::string export_line(std::string_view variable, const std::vector<std::string>& list) {
  static constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,/:+@%";
  const std::string value = text::join(list, ",");
  std::string line = "export " + std::string(variable) + "=";
  if (value.find_first_not_of(plain) == std::string::npos) return line + value;
  line += '\'';
  for (const char letter : value) {
    if (letter == '\'') {
      line += R"('\'')";
    } else {
      line += letter;
    }
  }
  return line + '\'';
}

allowlist::allowlist(const config& settings)
    : allowed_(settings.allowed_planners),
      excluded_(settings.excluded_planners),
      allow_(settings.admission_allow),
      block_(settings.admission_block),
      allowed_set_(set_of(allowed_)),
      excluded_set_(set_of(excluded_)),
      allow_set_(normalised_set(allow_)),
      block_set_(normalised_set(block_)),
      all_allowed_(allowed_set_.contains("*")),
      allowed_is_long_(is_long(allowed_)),
      excluded_is_long_(is_long(excluded_)),
      allow_is_long_(is_long(allow_)),
      block_is_long_(is_long(block_)) {}

std::optional<skipped_planner> allowlist::check(std::string_view raw_name, planner_source source) const {
  if (source == planner_source::builtin) return std::nullopt;
  const std::string raw(raw_name);
  const std::string name = text::normalised(raw_name);
  const bool from_root = source == planner_source::root;
  const bool blocked = block_set_.contains(name);
  const bool excluded = from_root && excluded_set_.contains(raw);
  const bool not_allowed = from_root && !all_allowed_ && !allowed_set_.contains(raw);
  const bool not_admitted = !allow_set_.empty() && !allow_set_.contains(name);
  if (!blocked && !excluded && !not_allowed && !not_admitted) return std::nullopt;

  std::vector<std::string> lines;
  if (blocked) {
    const auto same = [&](const std::string& entry) { return text::normalised(entry) == name; };
    lines.push_back(line_without("PLANNERS_BLOCK", block_, block_is_long_, name, same));
  }
  if (excluded) {
    const auto same = [&](const std::string& entry) { return entry == raw; };
    lines.push_back(line_without("OVERMIND_PLANNER_EXCLUDE", excluded_, excluded_is_long_, raw, same));
  }
  if (not_allowed) lines.push_back(line_with("FACTORY_ALLOWED_PLANNERS", allowed_, allowed_is_long_, raw));
  if (not_admitted) lines.push_back(line_with("PLANNERS_ALLOW", allow_, allow_is_long_, name));
  const auto reason = blocked ? skip_reason::blocked : excluded ? skip_reason::excluded : skip_reason::not_allowed;
  return skipped_planner{name, reason, text::join(lines, "; ")};
}

name_register::name_register(const std::vector<std::string>& allow, const std::vector<std::string>& block)
    : allow_(normalised_set(allow)), block_(normalised_set(block)) {}

name_refusal name_register::add(std::string_view raw_name) {
  std::string name = text::normalised(raw_name);
  if (!text::is_planner_name(name)) return name_refusal::invalid_pattern;
  if (block_.contains(name)) return name_refusal::blocked;
  if (!allow_.empty() && !allow_.contains(name)) return name_refusal::not_allowed;
  if (!taken_.insert(name).second) return name_refusal::duplicate;
  names_.push_back(std::move(name));
  return name_refusal::none;
}

}  // namespace planguild
