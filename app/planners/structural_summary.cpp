// What the structural planner looked at, for people and for programs. Internal to app/planners; pure functions, any
// thread.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/index/import_scanner.hpp"
#include "app/planners/structural_tasks.hpp"
#include "messages/text.hpp"

namespace planguild {

namespace {

using nlohmann::json;

// Cycles, breaks and imports listed as data; the counts say how many there are.
constexpr std::size_t listed_max = 50;

json imports_json(const repository_index& index, const std::vector<std::size_t>& positions) {
  json list = json::array();
  for (std::size_t i = 0; i < std::min(positions.size(), listed_max); ++i) {
    const auto& edge = index.imports[positions[i]];
    list.push_back(
        {{"file", index.files[edge.from].path}, {"line", edge.line}, {"imports", index.files[edge.to].path}});
  }
  return list;
}

json cycle_json(const repository_index& index, const found_cycle& found) {
  json files = json::array();
  for (std::size_t i = 0; i < std::min(found.files.size(), listed_max); ++i) {
    files.push_back(index.files[found.files[i]].path);
  }
  return {{"files", std::move(files)},
          {"files_count", found.files.size()},
          {"cut", imports_json(index, found.cut.imports)},
          {"cut_lines", found.cut.lines},
          {"exact", found.cut.exact}};
}

// The file for which `value` is greatest among those that are no tests; none in an empty index.
template <class Value>
const source_file* greatest(const repository_index& index, Value value, std::uint64_t& found) {
  const source_file* best = nullptr;
  for (std::size_t i = 0; i < index.files.size(); ++i) {
    std::uint64_t candidate = value(index.facts[i]);
    if (!index.facts[i].test && (best == nullptr || candidate > found)) {
      best = &index.files[i];
      found = candidate;
    }
  }
  return best;
}

constexpr std::size_t named_languages_max = 5;

/// How many files are in languages whose imports nobody looked at, and in which; empty if there are none.
std::string unlinked_files(const repository_index& index) {
  std::map<std::string_view, std::uint64_t> counts;
  std::uint64_t all = 0;
  for (const auto& file : index.files) {
    if (imports_are_read(file.lang)) continue;
    ++counts[to_string(file.lang)];
    ++all;
  }
  if (all == 0) return {};
  std::vector<std::pair<std::string_view, std::uint64_t>> ordered(counts.begin(), counts.end());
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> named;
  for (const auto& [name, count] : ordered) {
    if (named.size() < named_languages_max) named.push_back(std::string{name} + " " + grouped(count));
  }
  if (ordered.size() > named.size()) named.emplace_back("others");
  return "imports are read in C, C++, Objective-C, Python, JavaScript and TypeScript; " +
         counted(all, "file is", "files are") + " in other languages (" + text::join(named, ", ") +
         "), among which no cycle or layer break would be found";
}

}  // namespace

std::vector<plan_evidence> structural_evidence(const repository_index& index, const structural_findings& findings) {
  std::vector<plan_evidence> evidence;
  auto say = [&](std::string file, std::string text) {
    evidence.push_back({std::move(file), std::nullopt, std::move(text)});
  };
  say("", "read " + counted(index.files.size(), "source file") + ", " + counted(index.lines, "line") + ", " +
              counted(index.imports.size(), "import") + " within the repository and " +
              grouped(index.external_imports) + " of things outside it" +
              (index.truncated ? "; the repository is larger than what was read" : ""));
  say("", counted(index.cycles.size(), "import cycle") + ", " + counted(findings.layer_breaks.size(), "layer break") +
              " between top-level folders, " + counted(findings.oversized.size(), "file") + " over " +
              grouped(findings.size_threshold) + " lines, " + counted(findings.hubs.size(), "file") +
              " imported by at least " + grouped(hub_fan_in_min) + " others and " + grouped(hub_share_percent) +
              " % of all");
  if (index.unread_files > 0) {
    say("", counted(index.unread_files, "file") + " could not be read as text or is over 4 MiB");
  }
  if (index.unreadable_folders > 0) {
    say("", counted(index.unreadable_folders, "folder") + " could not be opened: what is in there is missing here");
  }
  if (auto unlinked = unlinked_files(index); !unlinked.empty()) {
    say("", std::move(unlinked));
  }
  std::uint64_t lines = 0;
  if (const auto* largest = greatest(
          index, [](const indexed_file& facts) { return facts.lines; }, lines)) {
    say(largest->path, "the largest file that is no test: " + counted(lines, "line"));
  }
  std::uint64_t importers = 0;
  const auto* widest = greatest(
      index, [](const indexed_file& facts) { return facts.fan_in; }, importers);
  if (widest != nullptr && importers > 0) {
    say(widest->path, "the most imported file: by " + counted(importers, "other file"));
  }
  return evidence;
}

std::vector<plan_evidence> scope_evidence(const repository_index& index, const objective_words& words) {
  std::vector<std::size_t> scope;
  for (std::size_t i = 0; i < index.files.size(); ++i) {
    if (!index.facts[i].test && words.matches({index.files[i].path}) > 0) {
      scope.push_back(i);
    }
  }
  if (scope.empty()) {
    return {};
  }
  auto greater = [&](auto fact) {
    return *std::max_element(scope.begin(), scope.end(),
                             [&](std::size_t a, std::size_t b) { return index.facts[a].*fact < index.facts[b].*fact; });
  };
  auto largest = greater(&indexed_file::lines);
  auto untested = std::count_if(scope.begin(), scope.end(), [&](std::size_t i) { return !index.facts[i].tested; });
  return {{"", std::nullopt,
           counted(scope.size(), "file answers", "files answer") + " to the objective's words (" +
               text::join(words.words(), ", ") + "), tests aside: " + grouped(static_cast<std::uint64_t>(untested)) +
               " without a test, the largest has " + counted(index.facts[largest].lines, "line") +
               ", the most imported is imported by " +
               counted(index.facts[greater(&indexed_file::fan_in)].fan_in, "file")}};
}

json structural_meta(const repository_index& index, const structural_findings& findings) {
  json cycles = json::array();
  for (std::size_t i = 0; i < std::min(findings.cycles.size(), listed_max); ++i) {
    cycles.push_back(cycle_json(index, findings.cycles[i]));
  }
  json breaks = json::array();
  for (std::size_t i = 0; i < std::min(findings.layer_breaks.size(), listed_max); ++i) {
    const auto& found = findings.layer_breaks[i];
    breaks.push_back({{"from", found.from},
                      {"to", found.to},
                      {"lines", found.lines},
                      {"opposite_lines", found.opposite_lines},
                      {"imports", imports_json(index, found.breaks)}});
  }
  return {{"counts",
           {{"files", index.files.size()},
            {"lines", index.lines},
            {"imports", index.imports.size()},
            {"external_imports", index.external_imports},
            {"cycles", index.cycles.size()},
            {"cycles_not_cut", findings.cycles_not_cut},
            {"layer_breaks", findings.layer_breaks.size()},
            {"oversized", findings.oversized.size()},
            {"much_imported", findings.hubs.size()}}},
          {"thresholds",
           {{"oversized_lines_above", findings.size_threshold},
            {"much_imported_files_min", hub_fan_in_min},
            {"much_imported_percent_min", hub_share_percent}}},
          {"truncated", index.truncated},
          {"cycles", std::move(cycles)},
          {"layer_breaks", std::move(breaks)}};
}

}  // namespace planguild
