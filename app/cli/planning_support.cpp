// What plan and select share. Owned by the command; main thread.
#include "app/cli/planning_support.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/cli/decision_record.hpp"
#include "app/cli/output.hpp"
#include "messages/limits.hpp"

namespace planguild::cli {
namespace {

constexpr std::int64_t waiting_ms_default = 60'000;  // for discovery and admissions, where no --timeout is given

}  // namespace

std::int64_t remaining_ms(const command_line& line, const stopwatch& since_start) {
  if (line.timeout_ms == 0) return 0;
  return std::max<std::int64_t>(line.timeout_ms - std::llround(since_start.seconds() * 1'000), 1);
}

started_session start_planning(const command_context& context) {
  const auto& record = context.line.record_file;
  if (!record.empty()) {
    if (const auto problem = why_not_appendable(record)) return {nullptr, report_failure(*problem, context)};
  }
  return start_session(context);
}

outcome<planning_ground> prepare_ground(const command_context& context, session& guild, progress_line& progress,
                                        const stopwatch& since_start) {
  const auto& line = context.line;
  planning_ground ground;
  auto deep = make_deep_context(context, progress);
  if (!deep) return *deep.error;
  ground.context = std::move(*deep);

  const stopwatch watch;
  progress.stage("looking for planners and testing new ones", probes_left(guild));
  list_request request;
  request.wait_for_admissions = true;
  request.timeout_ms = line.timeout_ms > 0 ? remaining_ms(line, since_start) : waiting_ms_default;
  const interrupt_watch::scope scope{context.interrupts, [&guild] { guild.cancel(); }};
  auto list = guild.list(request);
  if (!list) return *list.error;
  ground.planners = std::move(*list);
  auto configuration = guild.configuration();
  if (!configuration) return *configuration.error;
  ground.configuration = std::move(*configuration);
  ground.counts = count_planners(ground.planners, ground.configuration.allowed_planners);
  ground.counts.duration_s = watch.seconds();

  ground.request.objective = line.objective;
  ground.request.required_capabilities = line.required;
  ground.request.prefer_production = line.prefer_production;
  ground.request.context = ground.context.facts;
  // All rows and reasons: the flip is shown always, and a recorded decision needs every reliability.
  ground.request.top = limits::planners_max;
  ground.request.explain = true;
  if (line.timeout_ms > 0) ground.request.timeout_ms = remaining_ms(line, since_start);
  return ground;
}

std::optional<failure> record_decision(const command_context& context, const planning_ground& ground,
                                       const outcome<selection>& chosen) {
  if (context.line.record_file.empty()) return std::nullopt;
  const auto text = decision_line(ground.configuration, ground.planners, ground.request, chosen);
  if (!text) return *text.error;
  return append_line(context.line.record_file, *text);
}

selection shown_selection(selection chosen, std::uint64_t rows, bool explain) {
  if (chosen.breakdown.size() > rows) chosen.breakdown.resize(rows);
  if (!explain) chosen.explanations.clear();
  return chosen;
}

}  // namespace planguild::cli
