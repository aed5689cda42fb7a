// One thread at a time.
#include "actors/registry/verdict_memory.hpp"

#include <algorithm>

#include "messages/limits.hpp"

namespace planguild {

void verdict_memory::remember(const admission_verdict& verdict) {
  if (verdict.state == admission_state::pending) {
    return;
  }
  auto at = names_.find(verdict.name);
  if (at == names_.end()) {
    if (names_.size() >= limits::planners_max) {
      return;
    }
    at = names_.emplace(verdict.name, remembered{}).first;
  }
  if (verdict.by_operator) {
    at->second.by_operator = verdict;
    return;
  }
  auto& verdicts = at->second.by_probe;
  std::erase_if(verdicts, [&verdict](const auto& known) { return known.digest == verdict.digest; });
  if (verdicts.size() >= verdicts_per_name_max) {
    verdicts.erase(verdicts.begin());
  }
  verdicts.push_back(verdict);
}

std::optional<admission_verdict> verdict_memory::find(std::string_view name, std::string_view digest) const {
  const auto at = names_.find(name);
  if (at == names_.end()) {
    return std::nullopt;
  }
  const auto& verdicts = at->second.by_probe;
  const auto verdict =
      std::find_if(verdicts.begin(), verdicts.end(), [digest](const auto& known) { return known.digest == digest; });
  return verdict == verdicts.end() ? std::nullopt : std::optional{*verdict};
}

std::optional<admission_verdict> verdict_memory::operator_decision(std::string_view name) const {
  const auto at = names_.find(name);
  return at == names_.end() ? std::nullopt : at->second.by_operator;
}

}  // namespace planguild
