// What the command shows of a selection or plan: values that the renderers take, gathered by the commands. Owned by the
// command; plain values, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/health.hpp"
#include "messages/planning.hpp"

namespace planguild::cli {

/// Where the deep context comes from.
struct context_view {
  std::string repository;  // absolute path, or empty
  bool indexed = false;    // the numbers below count
  std::uint64_t files = 0;
  std::uint64_t lines = 0;
  std::uint64_t cycles = 0;
  std::uint64_t hotspots = 0;
  bool truncated = false;    // a bound cut the index
  std::string churn_absent;  // why there is no churn; empty if there is
  std::string given_in;      // the file that the context was read from, or "standard input"
  double duration_s = 0;
};

struct planners_view {
  std::uint64_t admitted = 0;
  std::uint64_t pending = 0;
  std::uint64_t quarantined = 0;
  std::vector<std::string> not_installed;  // on the allowlist, but nowhere found
  std::uint64_t import_failures = 0;
  double duration_s = 0;
};

struct plan_view {
  std::string objective;
  context_view context;
  planners_view planners;
  plan_reply reply;
  double duration_s = 0;
  bool explain = false;
  sandbox_policy policy;  // under which it ran
  std::optional<stop_report> stopped;
};

struct selection_view {
  std::string objective;
  context_view context;
  planners_view planners;
  struct selection selection;
  std::string sandbox;  // of the chosen planner, in words
  bool explain = false;
};

/// Counts the records of a list, and the names of `allowed` ("*": all) that are in it nowhere.
planners_view count_planners(const planner_list& list, const std::vector<std::string>& allowed);

/// The tasks of `made` in its order, as positions in `made.tasks`; tasks that the order leaves out come last.
std::vector<std::size_t> ordered_tasks(const plan& made);

/// For each position in `made.tasks`, its number (from 1) in that order.
std::vector<std::size_t> task_numbers(const plan& made);

/// The numbers of the tasks that `ids` names, ascending; unknown ones are left out.
std::vector<std::size_t> numbers_of(const plan& made, const std::vector<std::string>& ids,
                                    const std::vector<std::size_t>& numbers);

}  // namespace planguild::cli
