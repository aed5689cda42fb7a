// A plan as Markdown and Mermaid. Owned by the command; pure functions, any thread.
#include "app/cli/plan_markdown.hpp"

#include <set>
#include <string_view>

#include "app/cli/posture_text.hpp"
#include "app/cli/text_layout.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

constexpr std::size_t node_columns_max = 60;

/// Foreign text as plain Markdown text: nothing in it starts markup or HTML.
std::string markdown_text(std::string_view text) {
  constexpr std::string_view special = "\\`*_{}[]<>#|~&!";
  std::string result;
  for (const char each : printable(text)) {
    if (special.find(each) != std::string_view::npos) result += '\\';
    result += each;
  }
  return result;
}

/// Foreign text as a code span, fenced with more backticks than it holds in a row.
std::string markdown_code(std::string_view text) {
  const auto shown = printable(text);
  std::size_t longest = 0;
  std::size_t current = 0;
  for (const char each : shown) {
    current = each == '`' ? current + 1 : 0;
    longest = std::max(longest, current);
  }
  const std::string fence(longest + 1, '`');
  const std::string_view padding = longest > 0 ? " " : "";
  return fence + std::string{padding} + shown + std::string{padding} + fence;
}

/// Foreign text inside a quoted Mermaid label: what has a meaning there becomes an entity.
std::string mermaid_text(std::string_view text) {
  std::string result;
  for (const char each : fit(printable(text), node_columns_max)) {
    const bool special = std::string_view{"\"#<>&;`\\[]{}()|"}.find(each) != std::string_view::npos;
    if (special) {
      result += "#" + std::to_string(static_cast<int>(each)) + ";";
    } else {
      result += each;
    }
  }
  return result;
}

std::string joined(const std::vector<std::size_t>& numbers) {
  std::vector<std::string> texts;
  texts.reserve(numbers.size());
  for (const auto number : numbers) texts.push_back(std::to_string(number));
  return text::join(texts, ", ");
}

std::string evidence_markdown(const std::vector<plan_evidence>& evidence, std::string_view indent) {
  std::string result;
  for (const auto& each : evidence) {
    auto place = each.file;
    if (each.line) place += ":" + std::to_string(*each.line);
    result += std::string{indent} + "- ";
    if (!place.empty()) result += markdown_code(place) + (each.text.empty() ? "" : " ");
    result += markdown_text(each.text) + "\n";
  }
  return result;
}

std::string task_markdown(const plan& made, std::size_t position, const std::vector<std::size_t>& numbers) {
  const auto& task = made.tasks[position];
  auto result = "- [ ] **" + std::to_string(numbers[position]) + ". " + markdown_text(task.title) + "** (" +
                std::string{to_string(task.effort)} + ", " + std::string{to_string(task.risk)} + " risk)";
  if (!task.target.empty()) result += " " + markdown_code(task.target);
  const auto after = numbers_of(made, task.depends_on, numbers);
  if (!after.empty()) result += ", after " + joined(after);
  result += "\n";
  if (!task.description.empty()) result += "  " + markdown_text(task.description) + "\n";
  return result + evidence_markdown(task.evidence, "  ");
}

std::string origin_markdown(const plan_view& view) {
  const auto& context = view.context;
  auto result = "Planner: " + markdown_code(view.reply.instance.name + " " + view.reply.instance.version);
  if (view.reply.selection) {
    result += " (score " + fixed(view.reply.selection->score, 3) + ", " +
              counted(view.reply.selection->candidates_considered, "candidate") + ")";
  }
  result += "  \n";
  if (context.indexed) {
    result += "Repository: " + counted(context.files, "file") + ", " + counted(context.lines, "line") + ", " +
              counted(context.cycles, "import cycle") + ", " + counted(context.hotspots, "hotspot") + "  \n";
  }
  return result + "Sandbox: " + markdown_text(instance_sandbox(view.reply.instance, view.policy)) + "\n";
}

}  // namespace

std::string plan_mermaid(const plan_view& view) {
  const auto& made = view.reply.plan;
  const auto numbers = task_numbers(made);
  const std::set<std::string_view> critical{made.critical_path.begin(), made.critical_path.end()};
  std::string result = "graph TD\n  %% sandbox: " + instance_sandbox(view.reply.instance, view.policy) + "\n";
  if (made.tasks.empty()) return result + "  nothing[\"nothing to do\"]\n";
  std::string links;
  for (const auto position : ordered_tasks(made)) {
    const auto& task = made.tasks[position];
    const auto node = "t" + std::to_string(numbers[position]);
    result += "  " + node + "[\"" + std::to_string(numbers[position]) + ". " + mermaid_text(task.title) + " (" +
              std::string{to_string(task.effort)} + ", " + std::string{to_string(task.risk)} + ")\"]";
    if (critical.contains(task.id)) result += ":::critical";
    result += "\n";
    for (const auto before : numbers_of(made, task.depends_on, numbers)) {
      links += "  t" + std::to_string(before) + " --> " + node + "\n";
    }
  }
  return result + links + "  classDef critical stroke-width:3px\n";
}

std::string plan_markdown(const plan_view& view) {
  const auto& made = view.reply.plan;
  const auto numbers = task_numbers(made);
  auto result = "# Plan: " + markdown_text(view.objective) + "\n\n" + origin_markdown(view) + "\n";
  if (made.tasks.empty()) {
    result += "Nothing to do.\n";
  } else {
    result += "## Tasks\n\n";
    for (const auto position : ordered_tasks(made)) result += task_markdown(made, position, numbers);
    std::vector<std::string> path;
    for (const auto& id : made.critical_path) {
      for (const auto number : numbers_of(made, {id}, numbers)) path.push_back(std::to_string(number));
    }
    if (!path.empty()) result += "\nCritical path: " + text::join(path, " → ") + "\n";
    result += "\n```mermaid\n" + plan_mermaid(view) + "```\n";
  }
  if (!made.evidence.empty()) result += "\n## Evidence\n\n" + evidence_markdown(made.evidence, "");
  return result;
}

}  // namespace planguild::cli
