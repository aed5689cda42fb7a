// A plan as text. Owned by the command; pure functions, any thread.
#include "app/cli/plan_text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "app/cli/posture_text.hpp"
#include "app/cli/selection_text.hpp"
#include "app/cli/table.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

constexpr std::size_t evidence_shown_max = 20;  // of one task or plan; --json has all
constexpr std::size_t evidence_indent = 7;

std::string_view short_risk(task_risk risk) {
  return risk == task_risk::medium ? std::string_view{"med"} : to_string(risk);
}

paint colour_of(task_risk risk) {
  if (risk == task_risk::high) return paint::red;
  return risk == task_risk::medium ? paint::yellow : paint::plain;
}

std::string numbers_text(const std::vector<std::size_t>& numbers, std::string_view separator) {
  std::vector<std::string> texts;
  texts.reserve(numbers.size());
  for (const auto number : numbers) texts.push_back(std::to_string(number));
  return text::join(texts, separator);
}

std::string evidence_line(const plan_evidence& evidence) {
  auto place = printable(evidence.file);
  if (evidence.line) place += ":" + std::to_string(*evidence.line);
  const auto said = printable(evidence.text);
  return place.empty() || said.empty() ? place + said : place + "  " + said;
}

std::vector<std::string> evidence_lines(const std::vector<plan_evidence>& evidence) {
  std::vector<std::string> lines;
  for (const auto& each : evidence) {
    if (lines.size() == evidence_shown_max) {
      lines.push_back("and " + std::to_string(evidence.size() - evidence_shown_max) + " more (see --json)");
      break;
    }
    lines.push_back(evidence_line(each));
  }
  return lines;
}

void add_details(table& rows, const plan_task& task, const text_style& style) {
  const auto columns = style.columns > evidence_indent + 16 ? style.columns - evidence_indent : 16;
  if (!task.description.empty()) {
    for (const auto& line : wrap(printable(task.description), columns)) {
      rows.add_line(std::string(evidence_indent, ' ') + line);
    }
  }
  for (const auto& each : evidence_lines(task.evidence)) {
    std::string_view mark = "- ";
    for (const auto& line : wrap(each, columns - mark.size())) {
      rows.add_line(std::string(evidence_indent, ' ') + std::string{std::exchange(mark, "  ")} + line);
    }
  }
}

std::string tasks_text(const plan_view& view, const text_style& style) {
  const auto& made = view.reply.plan;
  const auto numbers = task_numbers(made);
  table rows{{{"", alignment::right, false, false, 2},
              {"", alignment::left},
              {"", alignment::left, false, false, 4},
              {"", alignment::left, true},
              {"", alignment::left, true, true},
              {"", alignment::left}}};
  for (const auto position : ordered_tasks(made)) {
    const auto& task = made.tasks[position];
    const auto after = numbers_of(made, task.depends_on, numbers);
    rows.add(
        {std::to_string(numbers[position]), std::string{to_string(task.effort)}, std::string{short_risk(task.risk)},
         printable(task.title), printable(task.target), after.empty() ? "" : "<" + numbers_text(after, ",")},
        colour_of(task.risk));
    if (view.explain) add_details(rows, task, style);
  }
  return rows.text(style);
}

std::string choice_text(const plan_view& view, const text_style& style) {
  const auto chosen = printable(view.reply.instance.name + " " + view.reply.instance.version);
  std::string result;
  if (view.reply.selection) {
    result = labelled("chosen", chosen, style) + ranking_text(*view.reply.selection, style);
  } else {
    result = labelled("planner", chosen + ", as asked for; nothing was ranked", style);
  }
  for (const auto& attempt : view.reply.attempts) {
    if (attempt.problem) {
      result += labelled("failed", printable(attempt.planner + ": " + attempt.problem->message), style);
    }
  }
  result += labelled("sandbox", instance_sandbox(view.reply.instance, view.policy), style);
  if (view.explain && view.reply.selection && !view.reply.selection->explanations.empty()) {
    result += "\n" + painted(style, paint::bold, "every planner") + "\n" + fates_text(*view.reply.selection, style);
  }
  return result;
}

/// The critical path in its own order.
std::string critical_text(const plan& made, const text_style& style) {
  const auto numbers = task_numbers(made);
  std::vector<std::size_t> path;
  for (const auto& id : made.critical_path) {
    const auto found = numbers_of(made, {id}, numbers);
    path.insert(path.end(), found.begin(), found.end());
  }
  return path.empty() ? std::string{} : labelled("critical", numbers_text(path, " > "), style);
}

std::string stopped_text(const stop_report& report, const text_style& style) {
  auto text = counted(report.workers_ended, "worker") + " ended, " + std::to_string(report.processes_left) + " " +
              (report.processes_left == 1 ? "process" : "processes") + " left";
  if (!report.still_alive.empty()) text += "; still alive: " + printable(text::join(report.still_alive, ", "));
  if (!report.store_committed) text += "; what was to be remembered may be lost";
  return labelled("stopped", text, style);
}

}  // namespace

std::string plan_text(const plan_view& view, const text_style& style) {
  const auto& made = view.reply.plan;
  auto result = origin_text(view.context, view.planners, style) + "\n" + choice_text(view, style) + "\n";
  const auto size = made.tasks.empty() ? std::string{"nothing to do"} : counted(made.tasks.size(), "task");
  result += timed_line("plan", size + "; ids, dependencies, cycles and files checked", view.duration_s, style);
  result += tasks_text(view, style);
  if (made.tasks.empty() || view.explain) {
    const auto lines = evidence_lines(made.evidence);
    for (std::size_t index = 0; index < lines.size(); ++index) {
      result += labelled(index == 0 ? "evidence" : "", lines[index], style);
    }
  }
  result += critical_text(made, style);
  if (view.stopped) result += stopped_text(*view.stopped, style);
  return result;
}

}  // namespace planguild::cli
