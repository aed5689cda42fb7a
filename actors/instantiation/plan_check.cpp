// Plan checking: bounds, identities, paths, then the graph. Pure functions, any thread.
#include "actors/instantiation/plan_check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

using problem = std::optional<failure>;

problem invalid(const std::string& where, const std::string& message) {
  return make_failure(failure_code::plan_invalid, message, {}, where);
}

std::string task_path(std::size_t index) {
  return "tasks[" + std::to_string(index) + "]";
}

/// How messages name a task.
std::string named(const plan_task& task) {
  return "task \"" + text::cut_bytes(text::valid_utf8(task.id), 100) + "\"";
}

std::string shown(std::string_view value) {
  return "\"" + text::cut_bytes(text::valid_utf8(value), 200) + "\"";
}

std::size_t evidence_bytes(const std::vector<plan_evidence>& list) {
  static constexpr std::size_t punctuation = std::string_view(R"({"file":"","text":""})").size();
  std::size_t bytes = 0;
  for (const auto& item : list) bytes += punctuation + item.file.size() + item.text.size();
  return bytes;
}

/// The least number of bytes that the plan's JSON needs.
std::size_t least_bytes(const plan& candidate) {
  static constexpr std::size_t punctuation =
      std::string_view(R"({"id":"","title":"","depends_on":[],"evidence":[]})").size();
  std::size_t bytes = candidate.objective.size() + candidate.meta.size() + evidence_bytes(candidate.evidence);
  for (const auto& task : candidate.tasks) {
    bytes += punctuation + task.id.size() + task.title.size() + task.description.size() + task.kind.size() +
             task.target.size() + evidence_bytes(task.evidence);
    for (const auto& dependency : task.depends_on) bytes += dependency.size() + 2;
  }
  return bytes;
}

/// Why `path` is no file of the repository; empty for a good one, and for no path at all.
std::string path_problem(std::string_view path, std::string_view repository) {
  if (path.empty()) return {};
  if (path.find('\0') != std::string_view::npos) return "contains a NUL character";
  if (path.front() == '/') {
    while (repository.size() > 1 && repository.back() == '/') repository.remove_suffix(1);
    const bool inside = repository.size() > 1 && path.size() > repository.size() + 1 && path.starts_with(repository) &&
                        path[repository.size()] == '/';
    return inside ? "is absolute; relative to the repository it would be " + shown(path.substr(repository.size() + 1))
                  : "is absolute";
  }
  bool names_something = false;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const auto component = path.substr(begin, end - begin);
    if (component == "..") return "contains \"..\"";
    names_something = names_something || (!component.empty() && component != ".");
    begin = end + 1;
  }
  return names_something ? "" : "names the repository itself";
}

problem check_evidence(const std::vector<plan_evidence>& list, const std::string& owner, const std::string& path,
                       std::string_view repository) {
  for (std::size_t index = 0; index < list.size(); ++index) {
    const auto why = path_problem(list[index].file, repository);
    if (why.empty()) continue;
    std::string message = owner;
    message.append(" gives as evidence the file ").append(shown(list[index].file)).append(", which ").append(why);
    return invalid(path + "evidence[" + std::to_string(index) + "].file", message);
  }
  return std::nullopt;
}

problem check_bounds(const plan& candidate) {
  if (candidate.tasks.size() > limits::plan_tasks_max) {
    return invalid("tasks", "the plan has " + std::to_string(candidate.tasks.size()) + " tasks; at most " +
                                std::to_string(limits::plan_tasks_max) + " are accepted");
  }
  if (const auto bytes = least_bytes(candidate); bytes > limits::plan_bytes_max) {
    return invalid("", "the plan has at least " + std::to_string(bytes) + " bytes; at most " +
                           std::to_string(limits::plan_bytes_max) + " are accepted");
  }
  if (candidate.tasks.empty() && candidate.evidence.empty()) {
    return invalid("evidence", "the plan has no tasks and no evidence; \"nothing to do\" is a plan only with evidence");
  }
  return std::nullopt;
}

/// The tasks as numbers in order of their ids, so that comparing numbers compares ids.
struct task_graph {
  std::vector<std::size_t> by_id;                      // rank to index in plan::tasks
  std::vector<std::vector<std::size_t>> dependencies;  // ranks, by rank
  std::vector<std::vector<std::size_t>> dependents;    // ranks, by rank
};

problem check_ids(const plan& candidate, task_graph& graph) {
  const auto& tasks = candidate.tasks;
  for (std::size_t index = 0; index < tasks.size(); ++index) {
    if (text::trim(tasks[index].id).empty()) {
      return invalid(task_path(index) + ".id", "the task at position " + std::to_string(index + 1) + " has no id");
    }
    graph.by_id.push_back(index);
  }
  std::stable_sort(graph.by_id.begin(), graph.by_id.end(),
                   [&](std::size_t a, std::size_t b) { return tasks[a].id < tasks[b].id; });
  for (std::size_t rank = 1; rank < graph.by_id.size(); ++rank) {
    const std::size_t first = graph.by_id[rank - 1];
    const std::size_t second = graph.by_id[rank];
    if (tasks[first].id != tasks[second].id) continue;
    return invalid(task_path(second) + ".id", named(tasks[second]) + " appears twice, at positions " +
                                                  std::to_string(first + 1) + " and " + std::to_string(second + 1));
  }
  return std::nullopt;
}

problem check_dependencies(const plan& candidate, task_graph& graph) {
  std::unordered_map<std::string_view, std::size_t> ranks;
  for (std::size_t rank = 0; rank < graph.by_id.size(); ++rank) ranks[candidate.tasks[graph.by_id[rank]].id] = rank;
  graph.dependencies.resize(graph.by_id.size());
  graph.dependents.resize(graph.by_id.size());
  for (std::size_t index = 0; index < candidate.tasks.size(); ++index) {
    const plan_task& task = candidate.tasks[index];
    const std::size_t rank = ranks.at(task.id);
    auto& mine = graph.dependencies[rank];
    for (std::size_t position = 0; position < task.depends_on.size(); ++position) {
      const std::string& id = task.depends_on[position];
      const std::string where = task_path(index) + ".depends_on[" + std::to_string(position) + "]";
      const auto found = ranks.find(id);
      if (found == ranks.end()) return invalid(where, named(task) + " depends on " + shown(id) + ", which is no task");
      if (found->second == rank) return invalid(where, named(task) + " depends on itself");
      mine.push_back(found->second);
    }
    std::sort(mine.begin(), mine.end());
    mine.erase(std::unique(mine.begin(), mine.end()), mine.end());  // said twice is said
  }
  for (std::size_t rank = 0; rank < graph.dependencies.size(); ++rank) {
    for (const auto dependency : graph.dependencies[rank]) graph.dependents[dependency].push_back(rank);
  }
  return std::nullopt;
}

problem check_files(const plan& candidate, std::string_view repository) {
  if (auto wrong = check_evidence(candidate.evidence, "the plan", "", repository)) return wrong;
  for (std::size_t index = 0; index < candidate.tasks.size(); ++index) {
    const plan_task& task = candidate.tasks[index];
    if (const auto why = path_problem(task.target, repository); !why.empty()) {
      return invalid(task_path(index) + ".target",
                     named(task) + " has the target " + shown(task.target) + ", which " + why);
    }
    if (auto wrong = check_evidence(task.evidence, named(task), task_path(index) + ".", repository)) return wrong;
  }
  return std::nullopt;
}

/// Ranks in topological order, the least ready rank first; shorter than the graph if there is a cycle.
std::vector<std::size_t> topological_order(const task_graph& graph) {
  std::vector<std::size_t> waiting_for(graph.by_id.size());
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t rank = 0; rank < waiting_for.size(); ++rank) {
    waiting_for[rank] = graph.dependencies[rank].size();
    if (waiting_for[rank] == 0) ready.push(rank);
  }
  std::vector<std::size_t> order;
  order.reserve(graph.by_id.size());
  while (!ready.empty()) {
    const std::size_t rank = ready.top();
    ready.pop();
    order.push_back(rank);
    for (const auto dependent : graph.dependents[rank]) {
      if (--waiting_for[dependent] == 0) ready.push(dependent);
    }
  }
  return order;
}

/// Names one cycle among the tasks that `order` could not place.
problem cycle_failure(const plan& candidate, const task_graph& graph, const std::vector<std::size_t>& order) {
  static constexpr std::size_t ids_shown_max = 16;
  std::vector<bool> placed(graph.by_id.size(), false);
  for (const auto rank : order) placed[rank] = true;
  // Every task left waits for another one that is left: following the least of them must come back.
  auto at = static_cast<std::size_t>(std::find(placed.begin(), placed.end(), false) - placed.begin());
  std::vector<std::size_t> step_of(graph.by_id.size(), 0);  // 1-based; 0: not visited
  std::vector<std::size_t> walk;
  while (step_of[at] == 0) {
    walk.push_back(at);
    step_of[at] = walk.size();
    const auto& needs = graph.dependencies[at];
    at = *std::find_if(needs.begin(), needs.end(), [&](std::size_t rank) { return !placed[rank]; });
  }
  walk.erase(walk.begin(), walk.begin() + static_cast<std::ptrdiff_t>(step_of[at] - 1));
  std::rotate(walk.begin(), std::min_element(walk.begin(), walk.end()), walk.end());
  std::string chain;
  for (std::size_t index = 0; index < std::min(walk.size(), ids_shown_max); ++index) {
    chain += shown(candidate.tasks[graph.by_id[walk[index]]].id) + " needs ";
  }
  if (walk.size() > ids_shown_max) chain += "… (" + std::to_string(walk.size()) + " tasks in all) needs ";
  const std::size_t first = graph.by_id[walk.front()];
  chain += shown(candidate.tasks[first].id);
  return invalid(task_path(first) + ".depends_on", "the dependencies form a cycle: " + chain);
}

std::int64_t weight(task_effort effort) {
  return effort == task_effort::L ? 4 : effort == task_effort::M ? 2 : 1;
}

std::vector<std::size_t> critical_path(const plan& candidate, const task_graph& graph,
                                       const std::vector<std::size_t>& order) {
  std::vector<std::int64_t> longest_from(order.size(), 0);            // effort of the greatest chain that starts here
  const auto greatest = [&](const std::vector<std::size_t>& ranks) {  // first of the greatest; `ranks` ascend
    return *std::max_element(ranks.begin(), ranks.end(),
                             [&](std::size_t a, std::size_t b) { return longest_from[a] < longest_from[b]; });
  };
  for (auto rank = order.rbegin(); rank != order.rend(); ++rank) {
    const auto& next = graph.dependents[*rank];
    longest_from[*rank] =
        weight(candidate.tasks[graph.by_id[*rank]].effort) + (next.empty() ? 0 : longest_from[greatest(next)]);
  }
  std::vector<std::size_t> path;
  if (order.empty()) return path;
  const auto start = std::max_element(longest_from.begin(), longest_from.end()) - longest_from.begin();
  path.push_back(static_cast<std::size_t>(start));
  while (!graph.dependents[path.back()].empty()) path.push_back(greatest(graph.dependents[path.back()]));
  return path;
}

}  // namespace

outcome<plan> check_plan(plan candidate, std::string_view repository) {
  task_graph graph;
  if (auto wrong = check_bounds(candidate)) return *wrong;
  if (auto wrong = check_ids(candidate, graph)) return *wrong;
  if (auto wrong = check_files(candidate, repository)) return *wrong;
  if (auto wrong = check_dependencies(candidate, graph)) return *wrong;
  const auto order = topological_order(graph);
  if (order.size() < graph.by_id.size()) return *cycle_failure(candidate, graph, order);
  const auto ids = [&](const std::vector<std::size_t>& ranks) {
    std::vector<std::string> result;
    result.reserve(ranks.size());
    for (const auto rank : ranks) result.push_back(candidate.tasks[graph.by_id[rank]].id);
    return result;
  };
  auto order_ids = ids(order);
  auto path_ids = ids(critical_path(candidate, graph, order));
  candidate.order = std::move(order_ids);
  candidate.critical_path = std::move(path_ids);
  return candidate;
}

}  // namespace planguild
