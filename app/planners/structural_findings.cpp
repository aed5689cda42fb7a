// Thresholds applied to the index. Owned by app/planners; pure functions, any thread.
#include "app/planners/structural_findings.hpp"

#include <algorithm>
#include <utility>

namespace planguild {

namespace {

// 400 lines, or a rounded 95th percentile where that would name too many files to be of use.
std::uint32_t size_threshold_of(const repository_index& index) {
  std::vector<std::uint32_t> sizes;
  for (const auto& facts : index.facts) {
    if (!facts.test && facts.read) {
      sizes.push_back(facts.lines);
    }
  }
  auto oversized = std::count_if(sizes.begin(), sizes.end(), [](auto lines) { return lines > oversized_lines_above; });
  if (static_cast<std::size_t>(oversized) <= oversized_files_expected) {
    return oversized_lines_above;
  }
  auto place = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() * 95 / 100);
  std::nth_element(sizes.begin(), place, sizes.end());
  constexpr std::uint32_t step = 50;
  return std::max(oversized_lines_above, *place / step * step);
}

template <class Predicate, class Key>
std::vector<file_id> select_files(const repository_index& index, Predicate wanted, Key key) {
  std::vector<file_id> found;
  for (std::size_t i = 0; i < index.facts.size(); ++i) {
    if (wanted(index.facts[i])) {
      found.push_back(static_cast<file_id>(i));
    }
  }
  // Ids ascend with the paths, so a stable sort leaves ties by path.
  std::stable_sort(found.begin(), found.end(),
                   [&](file_id a, file_id b) { return key(index.facts[a]) > key(index.facts[b]); });
  return found;
}

}  // namespace

structural_findings find_structural(const repository_index& index, const std::atomic<bool>& cancelled) {
  structural_findings findings;
  for (const auto& cycle : index.cycles) {
    if (cancelled || findings.cycles.size() == cycles_cut_max) {
      break;
    }
    findings.cycles.push_back({cycle, cheapest_cut(cycle, index.imports)});
  }
  findings.cycles_not_cut = index.cycles.size() - findings.cycles.size();
  findings.layer_breaks = find_layer_breaks(index.files, index.imports);
  findings.size_threshold = size_threshold_of(index);
  findings.oversized = select_files(
      index, [&](const indexed_file& facts) { return !facts.test && facts.lines > findings.size_threshold; },
      [](const indexed_file& facts) { return facts.lines; });
  findings.hubs = select_files(
      index,
      [&](const indexed_file& facts) {
        bool wide = std::uint64_t{facts.fan_in} * 100 >= index.files.size() * hub_share_percent;
        return !facts.test && facts.fan_in >= hub_fan_in_min && wide;
      },
      [](const indexed_file& facts) { return facts.fan_in; });
  return findings;
}

}  // namespace planguild
