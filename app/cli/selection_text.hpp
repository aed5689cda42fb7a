// The choice among planners as text. Owned by the command; pure functions, any thread.
#pragma once

#include <string>

#include "app/cli/plan_view.hpp"
#include "app/cli/text_layout.hpp"

namespace planguild::cli {

/// Columns of the labels on the left.
inline constexpr std::size_t label_columns = 12;

/// `label`, `text`, and at the right edge the seconds that it took.
std::string timed_line(std::string_view label, std::string_view text, double duration_s, const text_style& style);

/// The lines about repository and planners.
std::string origin_text(const context_view& context, const planners_view& planners, const text_style& style);

/// The table of score terms, best first, and what would flip the choice.
std::string ranking_text(const selection& chosen, const text_style& style);

/// What became of every planner.
std::string fates_text(const selection& chosen, const text_style& style);

/// Everything about a selection.
std::string selection_text(const selection_view& view, const text_style& style);

}  // namespace planguild::cli
