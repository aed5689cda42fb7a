// Findings worded as tasks. Internal to app/planners; pure functions, any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "app/planners/structural_findings.hpp"
#include "app/planners/task_list.hpp"

namespace planguild {

/// One draft for each cycle, layer break, oversized file, untested much imported file, and for the first few untested
/// files that answer to the objective and that others import; tests come before changes to the same file.
std::vector<draft_task> draft_structural_tasks(const repository_index& index, const structural_findings& findings,
                                               const objective_words& words);

/// What was looked at, in words: the plan's own evidence, whether or not there is something to do.
std::vector<plan_evidence> structural_evidence(const repository_index& index, const structural_findings& findings);

/// What the files are like whose paths answer to the objective's words; nothing if there are none.
std::vector<plan_evidence> scope_evidence(const repository_index& index, const objective_words& words);

/// Cycles with their cuts, layer breaks and counts as data, for programs: `meta`.
nlohmann::json structural_meta(const repository_index& index, const structural_findings& findings);

}  // namespace planguild
