// The index as JSON. Owned by app/index; pure functions, any thread.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "app/index/cycle_cut.hpp"
#include "app/index/repository_index.hpp"

namespace planguild {

namespace {

using nlohmann::json;

json hotspot_json(const repository_index& index, file_id id) {
  const auto& facts = index.facts[id];
  return {{"file", index.files[id].path},
          {"lines", facts.lines},
          {"changes", facts.changes},
          {"fan_in", facts.fan_in},
          {"tested", facts.tested}};
}

json file_json(const repository_index& index, std::size_t i) {
  const auto& facts = index.facts[i];
  return {{"file", index.files[i].path}, {"language", to_string(index.files[i].lang)},
          {"lines", facts.lines},        {"bytes", facts.bytes},
          {"changes", facts.changes},    {"fan_in", facts.fan_in},
          {"fan_out", facts.fan_out},    {"test", facts.test},
          {"tested", facts.tested},      {"read", facts.read}};
}

json import_json(const repository_index& index, const import_edge& edge) {
  return {{"from", index.files[edge.from].path},
          {"line", edge.line},
          {"to", index.files[edge.to].path},
          {"type_only", edge.type_only},
          {"text", edge.text}};
}

json imports_json(const repository_index& index, const std::vector<std::size_t>& positions) {
  json list = json::array();
  for (auto position : positions) {
    list.push_back(import_json(index, index.imports[position]));
  }
  return list;
}

json cycle_json(const repository_index& index, const import_cycle& cycle) {
  json files = json::array();
  for (auto id : cycle) {
    files.push_back(index.files[id].path);
  }
  auto cut = cheapest_cut(cycle, index.imports);
  return {{"files", std::move(files)},
          {"cut", {{"lines", cut.lines}, {"exact", cut.exact}, {"imports", imports_json(index, cut.imports)}}}};
}

json layer_break_json(const repository_index& index, const layer_break& found) {
  return {{"from", found.from},
          {"to", found.to},
          {"lines", found.lines},
          {"opposite_lines", found.opposite_lines},
          {"imports", imports_json(index, found.breaks)}};
}

}  // namespace

json context_json(const repository_index& index, std::size_t hotspots_max) {
  auto hotspots = find_hotspots(index);
  json list = json::array();
  for (std::size_t i = 0; i < std::min(hotspots_max, hotspots.size()); ++i) {
    list.push_back(hotspot_json(index, hotspots[i]));
  }
  return {{"deep_index_summary",
           {{"files", index.files.size()},
            {"lines", index.lines},
            {"cycles", index.cycles.size()},
            {"truncated", index.truncated}}},
          {"hotspots_count", hotspots.size()},
          {"hotspots", std::move(list)}};
}

json index_json(const repository_index& index) {
  json all = context_json(index, index.files.size());
  all["totals"] = {{"files", index.files.size()},
                   {"lines", index.lines},
                   {"bytes", index.bytes},
                   {"imports", index.imports.size()},
                   {"external_imports", index.external_imports},
                   {"other_files", index.other_files},
                   {"unread_files", index.unread_files},
                   {"unreadable_folders", index.unreadable_folders}};
  all["churn"] = {{"present", index.churn.present}, {"truncated", index.churn.truncated}};
  if (!index.churn.present) {
    all["churn"]["reason"] = index.churn.absent_reason;
  }
  json files = json::array();
  for (std::size_t i = 0; i < index.files.size(); ++i) {
    files.push_back(file_json(index, i));
  }
  all["files"] = std::move(files);
  json imports = json::array();
  for (const auto& edge : index.imports) {
    imports.push_back(import_json(index, edge));
  }
  all["imports"] = std::move(imports);
  all["cycles"] = json::array();
  for (const auto& cycle : index.cycles) {
    all["cycles"].push_back(cycle_json(index, cycle));
  }
  all["layer_breaks"] = json::array();
  for (const auto& found : find_layer_breaks(index.files, index.imports)) {
    all["layer_breaks"].push_back(layer_break_json(index, found));
  }
  return all;
}

}  // namespace planguild
