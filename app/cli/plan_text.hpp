// A plan as text. Owned by the command; pure functions, any thread.
#pragma once

#include <string>

#include "app/cli/plan_view.hpp"
#include "app/cli/text_layout.hpp"

namespace planguild::cli {

/// The whole answer: origin, choice, tasks, critical path, how everything ended.
std::string plan_text(const plan_view& view, const text_style& style);

}  // namespace planguild::cli
