// A decision as a line that `replay` takes again, made from what a command knows of it. Owned by the command; pure
// functions, any thread.
#pragma once

#include <string>

#include "messages/config.hpp"
#include "messages/health.hpp"
#include "messages/selection.hpp"
#include "messages/snapshot.hpp"

namespace planguild::cli {

/// The view that a decision was taken on: the records of `list`, with the reliabilities that the decision itself states
/// (those in a list are of another moment, and they decay). `chosen` must be explained, so that it states them all.
snapshot decision_view(const config& configuration, const planner_list& list, const outcome<selection>& chosen);

/// The line, without a line end. Fails as planguild::decision_line does.
outcome<std::string> decision_line(const config& configuration, const planner_list& list, const select_request& request,
                                   const outcome<selection>& chosen);

}  // namespace planguild::cli
