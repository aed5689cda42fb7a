// The choice among planners as text. Owned by the command; pure functions, any thread.
#include "app/cli/selection_text.hpp"

#include <algorithm>
#include <set>

#include "app/cli/table.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

constexpr std::size_t timed_columns_max = 80;  // seconds far out on a wide terminal would be hard to read
constexpr std::size_t names_shown_max = 8;
constexpr std::size_t fate_name_columns_max = 32;  // on a terminal

/// Names without "_planner" where that leaves them different and not empty.
std::vector<std::string> short_names(const std::vector<score_terms>& rows) {
  constexpr std::string_view suffix = "_planner";
  std::vector<std::string> result;
  std::set<std::string> distinct;
  for (const auto& row : rows) {
    auto name = printable(row.name);
    if (name.size() > suffix.size() && name.ends_with(suffix)) name.resize(name.size() - suffix.size());
    distinct.insert(name);
    result.push_back(std::move(name));
  }
  if (distinct.size() == rows.size()) return result;
  result.clear();
  for (const auto& row : rows) result.push_back(printable(row.name));
  return result;
}

std::string repository_line(const context_view& context, const text_style& style) {
  const auto source = printable(context.given_in);
  if (context.indexed) {
    auto text = counted(context.files, "file") + ", " + counted(context.lines, "line") + ", " +
                counted(context.cycles, "import cycle") + ", " + counted(context.hotspots, "hotspot");
    if (context.truncated) text += " (part: too large to index whole)";
    auto result = timed_line("repository", text, context.duration_s, style);
    if (!context.churn_absent.empty()) {
      result += labelled("", "no hotspots: " + printable(context.churn_absent), style);
    }
    return result;
  }
  if (context.given_in.empty()) {
    return labelled("repository", "none: without --repo DIR planners see no files", style);
  }
  auto result = labelled("context", "from " + source + ", " + counted(context.hotspots, "hotspot"), style);
  if (!context.repository.empty()) {
    result = labelled("repository", printable(context.repository) + ", not indexed", style) + result;
  }
  return result;
}

std::string planners_line(const planners_view& planners, const text_style& style) {
  auto text = std::to_string(planners.admitted) + " admitted, " + std::to_string(planners.quarantined) + " quarantined";
  if (planners.pending > 0) text += ", " + std::to_string(planners.pending) + " pending";
  if (!planners.not_installed.empty()) {
    text += ", " + std::to_string(planners.not_installed.size()) + " allowed but not installed";
  }
  auto result = timed_line("planners", text, planners.duration_s, style);
  if (planners.import_failures > 0) {
    result += labelled("", counted(planners.import_failures, "manifest or root") + " refused: see `planguild discover`",
                       style);
  }
  return result;
}

paint colour_of(selection_fate fate) {
  switch (fate) {
    case selection_fate::chosen:
      return paint::green;
    case selection_fate::quarantined:
    case selection_fate::has_error:
      return paint::red;
    case selection_fate::pending:
    case selection_fate::below_floor:
      return paint::yellow;
    case selection_fate::lost:
      break;
  }
  return paint::plain;
}

std::string fate_word(selection_fate fate) {
  std::string word{to_string(fate)};
  std::replace(word.begin(), word.end(), '_', ' ');
  return word;
}

}  // namespace

std::string timed_line(std::string_view label, std::string_view text, double duration_s, const text_style& style) {
  const auto seconds = fixed(duration_s, 1) + " s";
  const auto columns = std::min(style.columns, timed_columns_max);
  const auto used = label_columns + display_width(text) + 2 + seconds.size();
  if (used > columns) return labelled(label, std::string{text} + "  " + seconds, style);
  return painted(style, paint::bold, label) + std::string(label_columns - display_width(label), ' ') +
         pad_right(text, columns - label_columns - seconds.size()) + painted(style, paint::dim, seconds) + "\n";
}

std::string origin_text(const context_view& context, const planners_view& planners, const text_style& style) {
  return repository_line(context, style) + planners_line(planners, style);
}

std::string ranking_text(const selection& chosen, const ranking_marks& marks, const text_style& style) {
  const auto names = short_names(chosen.breakdown);
  table rows{{{"", alignment::left, true, false, label_columns - 2},
              {"match", alignment::right},
              {"reliability", alignment::right},
              {"ready", alignment::right},
              {"tier", alignment::right, false, false, 5},
              {"index", alignment::right},
              {"hotspots", alignment::right},
              {"total", alignment::right, false, false, 6},
              {"", alignment::left}}};
  for (std::size_t index = 0; index < chosen.breakdown.size(); ++index) {
    const auto& terms = chosen.breakdown[index];
    const bool best = terms.name == marks.chosen;
    const bool failed = marks.has_failed(terms.name);
    rows.add({names[index], fixed(terms.capability_term, 3), fixed(terms.reliability_term, 3),
              fixed(terms.production_term, 3), fixed(terms.tier_term, 3), fixed(terms.deep_boost, 3),
              fixed(terms.hotspot_boost, 3), fixed(terms.total, 3),
              best     ? "chosen"
              : failed ? "failed"
                       : ""},
             best     ? paint::green
             : failed ? paint::red
                      : paint::plain);
  }
  auto result = rows.text(style);
  if (chosen.candidates_considered > chosen.breakdown.size()) {
    result += labelled(
        "", "and " + counted(chosen.candidates_considered - chosen.breakdown.size(), "planner") + " below", style);
  }
  for (const auto& warning : chosen.warnings) result += labelled("warning", printable(warning), style);
  return result;
}

std::string flip_text(const selection& chosen, std::string_view asked, const text_style& style) {
  if (chosen.flip) {
    const auto& flip = *chosen.flip;
    const auto reason = printable(flip.reason);
    return labelled("to flip", flip.command.empty() ? reason : printable(flip.command) + "   (" + reason + ")", style);
  }
  if (chosen.explanations.empty()) return {};
  const auto wanted = text::normalised(asked);
  const auto& fates = chosen.explanations;
  const auto about = std::find_if(fates.begin(), fates.end(), [&wanted](const auto& each) {
    return wanted.empty() ? each.fate == selection_fate::lost : each.name == wanted;
  });
  if (about == fates.end()) return labelled("to flip", "nothing: there is no other candidate", style);
  const auto name = printable(about->name);
  if (about->fate == selection_fate::chosen) return labelled("to flip", "nothing: " + name + " wins already", style);
  const bool is_candidate = about->fate == selection_fate::lost || about->fate == selection_fate::below_floor;
  return labelled("to flip",
                  "no single change would make " + name + " win" +
                      (is_candidate ? std::string{} : " while it is no candidate: " + printable(about->reason)),
                  style);
}

std::string fates_text(const selection& chosen, const ranking_marks& marks, const text_style& style) {
  std::size_t widest = 0;
  for (const auto& each : chosen.explanations) widest = std::max(widest, display_width(printable(each.name)));
  if (style.is_cut) widest = std::min(widest, fate_name_columns_max);
  constexpr std::size_t fate_columns = 13;
  std::string result;
  for (const auto& each : chosen.explanations) {
    const auto name = pad_right(fit(printable(each.name), widest), widest);
    const auto indent = widest + 2 + fate_columns;
    const auto lines = wrap(printable(each.reason), style.columns > indent ? style.columns - indent : 0);
    const bool failed = marks.has_failed(each.name);
    const auto fate = each.name == marks.chosen ? selection_fate::chosen : each.fate;
    result += name + "  " +
              painted(style, failed ? paint::red : colour_of(fate),
                      pad_right(failed ? "failed" : fate_word(fate), fate_columns));
    result += lines.front() + "\n";
    for (std::size_t index = 1; index < lines.size(); ++index) result += std::string(indent, ' ') + lines[index] + "\n";
  }
  return result;
}

std::string selection_text(const selection_view& view, const text_style& style) {
  auto result = origin_text(view.context, view.planners, style) + "\n";
  result += labelled("chosen", printable(view.selection.best), style);
  const ranking_marks marks{view.selection.best, {}};
  result += ranking_text(view.selection, marks, style) + flip_text(view.selection, view.flip_planner, style);
  result += labelled("sandbox", view.sandbox, style);
  if (view.explain && !view.selection.explanations.empty()) {
    result += "\n" + painted(style, paint::bold, "every planner") + "\n" + fates_text(view.selection, marks, style);
  }
  if (view.explain && !view.planners.not_installed.empty()) {
    auto shown = view.planners.not_installed;
    if (shown.size() > names_shown_max) shown.resize(names_shown_max);
    result += labelled("allowed", "but not installed: " + printable(text::join(shown, ", ")), style);
  }
  return result;
}

}  // namespace planguild::cli
