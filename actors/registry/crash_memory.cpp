// One thread at a time.
#include "actors/registry/crash_memory.hpp"

#include <algorithm>
#include <utility>

#include "messages/limits.hpp"

namespace planguild {

void crash_memory::note(crash_report report) {
  const auto name = report.name;
  auto& kept = reports_[name];
  if (kept == report) {
    return;
  }
  kept = std::move(report);
  new_.insert(name);
  forget_surplus();
}

void crash_memory::recall(const std::vector<crash_report>& reports) {
  for (const auto& report : reports) {
    reports_.try_emplace(report.name, report);
    forget_surplus();
  }
}

void crash_memory::forget_surplus() {
  if (reports_.size() <= limits::crashes_max) {
    return;
  }
  const auto oldest = std::min_element(reports_.begin(), reports_.end(), [](const auto& a, const auto& b) {
    return a.second.evidence.wall_ms < b.second.evidence.wall_ms;
  });
  reports_.erase(oldest);
}

std::vector<crash_report> crash_memory::take_new() {
  std::vector<crash_report> result;
  result.reserve(new_.size());
  for (const auto& name : std::exchange(new_, {})) {
    if (const auto* report = find(name)) {
      result.push_back(*report);
    }
  }
  return result;
}

const crash_report* crash_memory::find(std::string_view name) const {
  const auto at = reports_.find(name);
  return at == reports_.end() ? nullptr : &at->second;
}

}  // namespace planguild
