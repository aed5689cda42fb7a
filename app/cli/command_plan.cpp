// plan: index, choose, run, show. Owned by the command; main thread.
#include <nlohmann/json.hpp>
#include <utility>

#include "app/cli/commands.hpp"
#include "app/cli/plan_markdown.hpp"
#include "app/cli/plan_text.hpp"
#include "app/cli/planning_support.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"

namespace planguild::cli {
namespace {

plan_request request_of(const command_line& line, const planning_ground& ground, const stopwatch& since_start) {
  plan_request request;
  request.request = ground.request;
  request.planner = line.planner;
  request.repository = ground.context.repository;
  request.context = ground.context.text;
  request.fallback = line.fallback;
  request.timeout_ms = remaining_ms(line, since_start);
  return request;
}

/// What became of the choice, as far as a record of it can say: a plan that failed after the choice leaves a line that
/// replays without a comparison.
outcome<selection> choice_in(const outcome<plan_reply>& reply) {
  if (!reply) return *reply.error;
  return reply->selection.value_or(selection{});
}

int show_plan(const command_context& context, const plan_view& view) {
  switch (context.line.format) {
    case output_format::json:
      return print_json(to_json(view.reply), exit_code::yes, context);
    case output_format::markdown:
      return print_answer(plan_markdown(view), exit_code::yes, context);
    case output_format::mermaid:
      return print_answer(plan_mermaid(view), exit_code::yes, context);
    case output_format::text:
      break;
  }
  return print_answer(plan_text(view, context.style), exit_code::yes, context);
}

/// The objective is shown as the plan has it: without secrets.
plan_view view_of(const command_line& line, const planning_ground& ground, plan_reply reply) {
  plan_view view;
  view.context = ground.context.view;
  view.planners = ground.counts;
  view.reply = std::move(reply);
  view.objective = view.reply.plan.objective;
  if (view.reply.selection) {
    view.reply.selection =
        shown_selection(std::move(*view.reply.selection), limits::breakdown_rows_default, line.explain);
  }
  view.explain = line.explain;
  view.policy = ground.configuration.sandbox;
  return view;
}

}  // namespace

int run_plan(const command_context& context) {
  const stopwatch since_start;
  const auto started = start_planning(context);
  if (!started.guild) return started.exit_code;
  auto& guild = *started.guild;
  progress_line progress{is_progress_shown(context.line)};
  const auto ground = prepare_ground(context, guild, progress, since_start);
  if (!ground) {
    progress.end();
    return report_failure(*ground.error, context);
  }
  const stopwatch watch;
  progress.stage("planning");
  auto reply = [&] {
    const interrupt_watch::scope scope{context.interrupts, [&guild] { guild.cancel(); }};
    return guild.plan(request_of(context.line, *ground, since_start));
  }();
  const auto duration_s = watch.seconds();
  progress.stage("stopping");
  const auto stopped = guild.stop();
  progress.end();
  std::optional<failure> unrecorded;
  if (context.line.planner.empty() || (reply && reply->selection)) {
    unrecorded = record_decision(context, *ground, choice_in(reply));
  } else if (!context.line.record_file.empty()) {
    remark("nothing is recorded: with --planner nothing is ranked", context.line);
  }
  if (!reply) return report_failure(*reply.error, context);
  auto view = view_of(context.line, *ground, std::move(*reply));
  view.duration_s = duration_s;
  view.stopped = stopped;
  const int code = show_plan(context, view);
  return unrecorded ? report_failure(*unrecorded, context) : code;
}

}  // namespace planguild::cli
