// Fuzzes the masking and the check of plans, against a simple model of each rule of plan_check.hpp and plan_scrub.hpp.
// One thread.
//
// What does not begin with "{" makes a plan: a byte for the number of tasks (0 … 63), then for each task how it is
// called (a byte: by its number, by its number behind "token=", or by a text of its own), how many it depends on (0 …
// 3) and on which (a byte each), its effort (a byte), its target (a text).
#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/instantiation/plan_check.hpp"
#include "actors/instantiation/plan_scrub.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/plan_json.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"
#include "tests/fuzz/byte_source.hpp"
#include "tests/fuzz/targets.hpp"

namespace planguild::fuzz {
namespace {

using nlohmann::json;

constexpr json_bounds bounds{limits::protocol_line_bytes_max, limits::protocol_depth_max};
constexpr std::string_view secret = "ghp_0123456789abcdefghijABCDEFGHIJ0123";
/// The models are slow and simple.
constexpr std::size_t modelled_tasks_max = 200;

std::string id_of(std::size_t number, byte_source& source) {
  switch (source.below(4)) {
    case 0:
      return "t" + std::to_string(number);
    case 1:
      return "token=" + std::to_string(number);
    case 2:
      return "Authorization: " + std::to_string(number);
    default:
      return text::valid_utf8(source.text());
  }
}

json plan_made_from(std::string_view bytes) {
  byte_source source(bytes);
  std::vector<std::string> ids(source.below(64));
  for (std::size_t number = 0; number < ids.size(); ++number) ids[number] = id_of(number, source);
  json tasks = json::array();
  for (const auto& id : ids) {
    json task = {{"id", id}, {"title", "use " + std::string{secret}}, {"depends_on", json::array()}};
    for (auto count = source.below(4); count > 0; --count) task["depends_on"].push_back(ids[source.below(ids.size())]);
    task["effort"] = std::vector<std::string>{"S", "M", "L"}[source.below(3)];
    task["target"] = text::valid_utf8(source.text());
    tasks.push_back(std::move(task));
  }
  return {{"objective", std::string{secret}}, {"tasks", std::move(tasks)}, {"meta", {{"token", 5}}}};
}

void check_planted(const json& made) {
  require(made["objective"] == "***", "a secret is masked in the objective");
  for (const auto& task : made["tasks"]) require(task["title"] == "use ***", "a secret is masked in a title");
  require(made["meta"]["token"] == "***", "a number whose key names a secret is masked");
}

/// The texts of the tasks' ids, none for a task whose id is no text.
std::vector<std::optional<std::string>> ids_of(const json& candidate) {
  std::vector<std::optional<std::string>> result;
  if (!candidate.is_object() || !candidate.contains("tasks") || !candidate["tasks"].is_array()) return result;
  for (const auto& task : candidate["tasks"]) {
    const bool has_id = task.is_object() && task.contains("id") && task["id"].is_string();
    result.push_back(has_id ? std::optional{task["id"].get<std::string>()} : std::nullopt);
  }
  return result;
}

/// Whom each dependency names, as the positions of the tasks with that id; dependencies on nothing are left out.
std::vector<std::vector<std::size_t>> references_of(const json& candidate) {
  std::map<std::string, std::vector<std::size_t>> positions;
  const auto ids = ids_of(candidate);
  for (std::size_t index = 0; index < ids.size(); ++index) {
    if (ids[index]) positions[*ids[index]].push_back(index);
  }
  std::vector<std::vector<std::size_t>> result;
  for (std::size_t index = 0; index < ids.size(); ++index) {
    const auto& task = candidate["tasks"][index];
    if (!task.is_object() || !task.contains("depends_on") || !task["depends_on"].is_array()) continue;
    for (const auto& needed : task["depends_on"]) {
      const auto found = needed.is_string() ? positions.find(needed.get<std::string>()) : positions.end();
      result.push_back(found == positions.end() ? std::vector<std::size_t>{} : found->second);
    }
  }
  return result;
}

void check_masking(const json& before, const json& after) {
  const auto ids_before = ids_of(before);
  const auto ids_after = ids_of(after);
  require(ids_before.size() == ids_after.size(), "masking keeps every task");
  std::map<std::string, std::string> renamed;
  std::set<std::string> names;
  for (std::size_t index = 0; index < ids_before.size(); ++index) {
    if (!ids_before[index]) continue;
    require(ids_after[index].has_value(), "a masked id is a text");
    const auto [known, is_new] = renamed.try_emplace(*ids_before[index], *ids_after[index]);
    require(known->second == *ids_after[index], "tasks of the same id keep the same id");
    if (is_new) require(names.insert(known->second).second, "tasks whose ids differ stay different");
  }
  require(references_of(before) == references_of(after), "tasks are referred to as before");
}

bool is_good_path(const std::string& file) {
  if (file.empty()) return true;
  if (file.find('\0') != std::string::npos || file.front() == '/') return false;
  const std::filesystem::path path(file);
  const auto is_name = [](const std::filesystem::path& part) { return !part.empty() && part != "."; };
  return std::find(path.begin(), path.end(), "..") == path.end() && std::any_of(path.begin(), path.end(), is_name);
}

bool are_good_files(const std::vector<plan_evidence>& list) {
  return std::all_of(list.begin(), list.end(), [](const plan_evidence& item) { return is_good_path(item.file); });
}

using task_map = std::map<std::string, const plan_task*>;

/// The order of the tasks that can be ordered: of those that are ready always the least.
std::vector<std::string> modelled_order(const task_map& tasks) {
  std::vector<std::string> order;
  std::set<std::string> done;
  const auto is_ready = [&](const task_map::value_type& entry) {
    const auto& needed = entry.second->depends_on;
    return !done.contains(entry.first) &&
           std::all_of(needed.begin(), needed.end(), [&](const auto& id) { return done.contains(id); });
  };
  for (auto next = std::find_if(tasks.begin(), tasks.end(), is_ready); next != tasks.end();
       next = std::find_if(tasks.begin(), tasks.end(), is_ready)) {
    order.push_back(next->first);
    done.insert(next->first);
  }
  return order;
}

/// Whether the rules of plan_check.hpp accept it, each taken by itself.
bool is_accepted_by_model(const plan& candidate) {
  if (candidate.tasks.empty() && candidate.evidence.empty()) return false;
  if (!are_good_files(candidate.evidence)) return false;
  task_map tasks;
  for (const auto& task : candidate.tasks) {
    if (text::trim(task.id).empty() || !tasks.try_emplace(task.id, &task).second) return false;
    if (!is_good_path(task.target) || !are_good_files(task.evidence)) return false;
  }
  for (const auto& task : candidate.tasks) {
    for (const auto& id : task.depends_on) {
      if (id == task.id || !tasks.contains(id)) return false;
    }
  }
  return modelled_order(tasks).size() == tasks.size();
}

int effort_of(const plan_task& task) {
  return task.effort == task_effort::L ? 4 : task.effort == task_effort::M ? 2 : 1;
}

/// The chain of greatest effort; of equal ones the first when ids are compared from the start.
std::vector<std::string> modelled_critical_path(const task_map& tasks, const std::vector<std::string>& order) {
  struct chain {
    int effort = 0;
    std::vector<std::string> ids;
    bool is_better_than(const chain& other) const {
      return effort != other.effort ? effort > other.effort : ids < other.ids;
    }
  };
  std::map<std::string, chain> from;
  chain best;
  for (auto id = order.rbegin(); id != order.rend(); ++id) {
    chain longest;
    for (const auto& [other, task] : tasks) {
      const auto& needed = task->depends_on;
      if (std::find(needed.begin(), needed.end(), *id) == needed.end()) continue;
      if (longest.ids.empty() || from[other].is_better_than(longest)) longest = from[other];
    }
    longest.effort += effort_of(*tasks.at(*id));
    longest.ids.insert(longest.ids.begin(), *id);
    if (best.ids.empty() || longest.is_better_than(best)) best = longest;
    from[*id] = std::move(longest);
  }
  return best.ids;
}

void check_accepted(const plan& candidate, const plan& checked) {
  auto expected = candidate;
  task_map tasks;
  for (const auto& task : candidate.tasks) tasks[task.id] = &task;
  expected.order = modelled_order(tasks);
  expected.critical_path = modelled_critical_path(tasks, expected.order);
  require(checked.order == expected.order, "the order is topological, the least ready id first");
  require(checked.critical_path == expected.critical_path, "the critical path is the first of greatest effort");
  require(checked == expected, "the check changes nothing else");
  require(check_plan(checked) == outcome<plan>(checked), "a checked plan is checked the same again");
  auto document = to_json(checked);
  document.erase("order");
  document.erase("critical_path");
  const auto written = parse_json(dump_json(document), bounds, failure_code::internal);
  require(written.value.has_value() && plan_from_json(*written) == outcome<plan>(candidate),
          "a plan that is written reads the same");
}

}  // namespace

bool fuzz_plan(std::string_view bytes) {
  json before;
  if (bytes.starts_with('{')) {
    auto parsed = parse_json(bytes, bounds, failure_code::internal);
    if (!parsed) return false;
    before = std::move(*parsed);
  } else {
    before = plan_made_from(bytes);
  }
  auto after = before;
  scrub_plan(after);
  if (!bytes.starts_with('{')) check_planted(after);
  check_masking(before, after);
  const auto read = plan_from_json(after);
  if (!read) {
    require_sound(*read.error);
    require(read.error->code == failure_code::invalid_request, "a malformed plan is invalid_request");
    return false;
  }
  if (read->tasks.size() > modelled_tasks_max) return false;
  const auto checked = check_plan(*read, "/repository");
  require(checked.value.has_value() == is_accepted_by_model(*read), "a plan is accepted if it keeps every rule");
  if (!checked) {
    require_sound(*checked.error);
    require(checked.error->code == failure_code::plan_invalid, "a refused plan is plan_invalid");
    return false;
  }
  check_accepted(*read, *checked);
  return true;
}

}  // namespace planguild::fuzz
