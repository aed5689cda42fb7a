// A plan: what a planner makes of an objective, checked and ordered by the host before anyone sees it. Pure values, any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"

namespace planguild {

enum class task_risk : std::uint8_t { low, medium, high };
PLANGUILD_ENUM(task_risk, low, medium, high);

/// Size of a task; the critical path counts S = 1, M = 2, L = 4.
enum class task_effort : std::uint8_t { S, M, L };
PLANGUILD_ENUM(task_effort, S, M, L);

struct plan_evidence {
  std::string file;  // relative to the repository, or empty
  std::optional<std::int64_t> line;
  std::string text;
  bool operator==(const plan_evidence&) const = default;
};
PLANGUILD_FIELDS(plan_evidence, file, line, text);

struct plan_task {
  std::string id;
  std::string title;
  std::string description;
  std::string kind;
  std::string target;  // relative to the repository, or empty
  std::vector<std::string> depends_on;
  task_risk risk = task_risk::low;
  task_effort effort = task_effort::S;
  std::vector<plan_evidence> evidence;
  bool operator==(const plan_task&) const = default;
};
PLANGUILD_FIELDS(plan_task, id, title, description, kind, target, depends_on, risk, effort, evidence);

/// A plan without tasks is "nothing to do"; its evidence shows why.
struct plan {
  std::string objective;
  std::vector<plan_task> tasks;
  std::vector<plan_evidence> evidence;
  std::string meta = "{}";                 // free JSON object as text
  std::vector<std::string> order;          // added by the host: a topological order, ties by id
  std::vector<std::string> critical_path;  // added by the host: the longest chain by effort, ties by id
  bool operator==(const plan&) const = default;
};
PLANGUILD_FIELDS(plan, objective, tasks, evidence, meta, order, critical_path);

}  // namespace planguild
