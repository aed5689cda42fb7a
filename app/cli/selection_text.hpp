// The choice among planners as text. Owned by the command; pure functions, any thread.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/plan_view.hpp"
#include "app/cli/text_layout.hpp"

namespace planguild::cli {

/// Columns of the labels on the left.
inline constexpr std::size_t label_columns = 12;

/// `label`, `text`, and at the right edge the seconds that it took.
std::string timed_line(std::string_view label, std::string_view text, double duration_s, const text_style& style);

/// The lines about repository and planners.
std::string origin_text(const context_view& context, const planners_view& planners, const text_style& style);

/// What became of the planners of a ranking: for a selection, the best one is chosen; of a plan, the one that made it.
struct ranking_marks {
  std::string chosen;
  std::vector<std::string> failed;  // tried before
  bool has_failed(std::string_view name) const { return std::find(failed.begin(), failed.end(), name) != failed.end(); }
};

/// The table of score terms, best first, and the selection's warnings.
std::string ranking_text(const selection& chosen, const ranking_marks& marks, const text_style& style);

/// What would flip the choice. Where nothing would, this is said of an explained selection only. `asked` names for whom
/// it was looked for; empty: the runner-up.
std::string flip_text(const selection& chosen, std::string_view asked, const text_style& style);

/// What became of every planner.
std::string fates_text(const selection& chosen, const ranking_marks& marks, const text_style& style);

/// Everything about a selection.
std::string selection_text(const selection_view& view, const text_style& style);

}  // namespace planguild::cli
