// list, describe, crash, discover, health, probe: one question to a runtime. Owned by the command; main thread.
#include <utility>

#include "app/cli/answer_one.hpp"
#include "app/cli/catalogue_text.hpp"
#include "app/cli/commands.hpp"

namespace planguild::cli {
int run_list(const command_context& context) {
  list_request request;
  request.wait_for_admissions = true;
  return answer_one(
      context, "looking for planners", [&](session& guild) { return guild.list(request); }, list_text, always_yes);
}

int run_describe(const command_context& context) {
  describe_request request;
  request.name = context.line.name;
  request.wait_for_admissions = true;
  return answer_one(
      context, "looking for planners", [&](session& guild) { return guild.describe(request); }, record_text,
      always_yes);
}

int run_crash(const command_context& context) {
  crash_request request;
  request.name = context.line.name;
  request.wait_for_admissions = true;
  return answer_one(
      context, "looking for planners", [&](session& guild) { return guild.ask(request); }, crash_text, always_yes);
}

int run_discover(const command_context& context) {
  discover_request request;
  request.wait_for_admissions = true;
  return answer_one(
      context, "looking for planners", [&](session& guild) { return guild.discover(request); }, discovery_text,
      [](const discovery_report& report) {
        return report.import_failures.empty() ? exit_code::yes : exit_code::negative;
      });
}

int run_health(const command_context& context) {
  health_request request;
  request.wait_for_admissions = true;
  return answer_one(
      context, "looking for planners", [&](session& guild) { return guild.health(request); }, health_text,
      [](const health_report& report) { return report.ready ? exit_code::yes : exit_code::negative; });
}

int run_probe(const command_context& context) {
  probe_request request;
  request.name = context.line.name;
  planner_record record;
  return answer_one(
      context, "probing " + printable(context.line.name),
      [&](session& guild) {
        auto verdict = guild.probe(request);
        describe_request described;
        described.name = context.line.name;
        if (auto known = guild.describe(described); verdict && known) record = std::move(*known);
        return verdict;
      },
      [&](const admission_verdict& verdict, const text_style& style) { return verdict_text(verdict, record, style); },
      [](const admission_verdict& verdict) {
        return verdict.state == admission_state::admitted ? exit_code::yes : exit_code::negative;
      });
}

}  // namespace planguild::cli
