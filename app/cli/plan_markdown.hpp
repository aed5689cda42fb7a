// A plan as a document (Markdown checklist) and as a graph (Mermaid). Owned by the command; pure functions, any thread.
#pragma once

#include <string>

#include "app/cli/plan_view.hpp"

namespace planguild::cli {

/// A checklist with the choice, the tasks with their evidence, and the graph of dependencies.
std::string plan_markdown(const plan_view& view);

/// The graph of dependencies alone: one node per task, the critical path marked.
std::string plan_mermaid(const plan_view& view);

}  // namespace planguild::cli
