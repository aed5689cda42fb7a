// Drafts of tasks, put into order and turned into a plan. Owned by app/planners; plain value, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "app/planners/objective_words.hpp"
#include "messages/plan.hpp"

namespace planguild {

/// Tasks of one plan; more are counted and left out, a longer list is not read by anybody.
inline constexpr std::size_t plan_tasks_shown_max = 50;
/// Evidence items of one task.
inline constexpr std::size_t task_evidence_max = 50;

/// A task before it has an id. `task.depends_on` holds keys of other drafts; keys that no draft has are dropped.
struct draft_task {
  std::string key;
  plan_task task;
  int urgency = 0;                 ///< Lower comes first.
  std::uint64_t weight = 0;        ///< Among equal urgency, higher comes first.
  std::vector<std::string> files;  ///< What the objective's words are looked for in, besides title and target.
};

/// What became of the drafts.
struct task_order {
  std::vector<plan_task> tasks;
  std::size_t left_out = 0;  ///< Drafts beyond `plan_tasks_shown_max`.
  std::size_t matching = 0;  ///< Tasks in the list that answer to the objective's words.
};

/// Orders drafts by how many of the objective's words they answer to, then urgency, weight, target and title; what a
/// task depends on comes before it. Ids are "1", "2", … in that order, with leading zeros so that they also sort as
/// text. Keys must be unique; dependencies that form a circle are cut.
task_order order_tasks(std::vector<draft_task> drafts, const objective_words& words);

/// A number with commas between thousands: "21,412".
std::string grouped(std::uint64_t number);
/// "1 file", "2 files"; `many` is `one` with an s unless given.
std::string counted(std::uint64_t number, const std::string& one, const std::string& many = {});

}  // namespace planguild
