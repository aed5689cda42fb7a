// list, describe, discover, health, probe: one question to a runtime of its own. Owned by the command; main thread.
#include <nlohmann/json.hpp>
#include <utility>

#include "app/cli/catalogue_text.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/progress.hpp"
#include "messages/json.hpp"

namespace planguild::cli {
namespace {

/// Starts a runtime, asks, stops, prints; `exit_code_of` says what the answer is worth.
template <class Ask, class Show, class Judge>
int answer_one(const command_context& context, std::string stage, Ask ask, Show show, Judge exit_code_of) {
  auto options = session_options_of(context.line);
  if (!options) return exit_code::usage;
  progress_line progress{is_progress_shown(context.line)};
  progress.stage(std::move(stage));
  session guild{std::move(*options)};
  auto answer = [&] {
    const interrupt_watch::scope scope{context.interrupts, [&guild] { guild.cancel(); }};
    return ask(guild);
  }();
  guild.stop();
  progress.end();
  if (!answer) return report_failure(*answer.error, context);
  const int code = exit_code_of(*answer);
  if (context.line.format == output_format::json) return print_json(to_json(*answer), code, context);
  return print_answer(show(*answer, context.style), code, context);
}

constexpr auto always_yes = [](const auto&) { return exit_code::yes; };

}  // namespace

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
  return answer_one(
      context, "probing " + printable(context.line.name), [&](session& guild) { return guild.probe(request); },
      verdict_text,
      [](const admission_verdict& verdict) {
        return verdict.state == admission_state::admitted ? exit_code::yes : exit_code::negative;
      });
}

}  // namespace planguild::cli
