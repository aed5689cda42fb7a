// select: the choice alone. Owned by the command; main thread.
#include <nlohmann/json.hpp>
#include <utility>

#include "app/cli/commands.hpp"
#include "app/cli/planning_support.hpp"
#include "app/cli/posture_text.hpp"
#include "app/cli/selection_text.hpp"
#include "messages/json.hpp"

namespace planguild::cli {
namespace {

int show_selection(const command_context& context, planning_ground ground, selection chosen) {
  const auto& line = context.line;
  if (line.format == output_format::json) {
    return print_json(to_json(shown_selection(std::move(chosen), line.top, line.explain)), exit_code::yes, context);
  }
  selection_view view;
  view.objective = line.objective;
  for (const auto& record : ground.planners.planners) {
    if (record.name == chosen.best) view.sandbox = expected_sandbox(record, ground.configuration.sandbox);
  }
  view.context = std::move(ground.context.view);
  view.planners = std::move(ground.counts);
  view.selection = shown_selection(std::move(chosen), line.top, line.explain);
  view.flip_planner = line.planner;
  view.explain = line.explain;
  return print_answer(selection_text(view, context.style), exit_code::yes, context);
}

}  // namespace

int run_select(const command_context& context) {
  const stopwatch since_start;
  const auto started = start_planning(context);
  if (!started.guild) return started.exit_code;
  auto& guild = *started.guild;
  progress_line progress{is_progress_shown(context.line)};
  auto ground = prepare_ground(context, guild, progress, since_start);
  if (!ground) {
    progress.end();
    return report_failure(*ground.error, context);
  }
  ground->request.flip_planner = context.line.planner;
  auto chosen = [&] {
    const interrupt_watch::scope scope{context.interrupts, [&guild] { guild.cancel(); }};
    return guild.select(ground->request);
  }();
  guild.stop();
  progress.end();
  const auto unrecorded = record_decision(context, *ground, chosen);
  if (!chosen) return report_failure(*chosen.error, context);
  const int code = show_selection(context, std::move(*ground), std::move(*chosen));
  return unrecorded ? report_failure(*unrecorded, context) : code;
}

}  // namespace planguild::cli
