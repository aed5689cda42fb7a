// The check that every plan passes before anyone sees it, and the order and critical path that the host adds. Pure
// function, any thread; iterative, so no plan can exhaust the stack.
#pragma once

#include <string_view>

#include "messages/failure.hpp"
#include "messages/plan.hpp"

namespace planguild {

/// Checks `candidate` and returns it with `order` (topological; among tasks that are ready, the least id first) and
/// `critical_path` (the dependency chain of greatest total effort, S=1, M=2, L=4; of equal ones the first when their
/// ids are compared from the start) filled in; ids compare bytewise, and whatever stood in the two fields is replaced.
///
/// `plan_invalid`, with the path of the offending field in `where` and the task in the message, for: a blank or
/// repeated id; an unknown or own id in depends_on; a cycle (its ids are listed); a target or evidence file that is
/// absolute, contains "..", NUL, or names the repository itself; more than limits::plan_tasks_max tasks; more than
/// limits::plan_bytes_max bytes, counted as the least that its JSON needs; no tasks and no evidence ("nothing to do" is
/// a plan only with evidence). The file check is lexical: a plan may create files, and nothing here touches a disk.
/// `repository` (absolute, or empty) only makes the message about an absolute path more helpful.
outcome<plan> check_plan(plan candidate, std::string_view repository = {});

}  // namespace planguild
