// heal, reload, quarantine, reinstate, configure, stats, profiles, diagnostics: what operators ask of a runtime. Owned
// by the command; main thread.
#include "actors/discovery/allowlist.hpp"
#include "app/cli/answer_one.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/diagnostics_text.hpp"
#include "app/cli/doctor_facts.hpp"
#include "app/cli/operations_text.hpp"
#include "messages/config.hpp"

namespace planguild::cli {
namespace {

/// Asks for what is there. A runtime of its own first has to know its planners, and that the answer is about nobody
/// else's runtime is said.
template <class Request>
auto ask_settled(session& guild, const Request& request, const command_context& context) -> outcome<reply_of<Request>> {
  if (!guild.is_attached()) {
    remark("this asks a runtime that lives for this command only; --attach SOCKET asks a running one", context.line);
    discover_request settle;
    settle.wait_for_admissions = true;
    if (auto found = guild.ask(settle); !found) return *found.error;
  }
  return guild.ask(request);
}

/// Why a decision taken by a runtime of its own would be forgotten with it; empty: it is kept. Stops the runtime.
std::string not_kept(session& guild, const store_facts& store) {
  const auto report = guild.stop();
  if (store.keeps_nothing()) return store.reason;
  return report && !report->store_committed ? "the store did not take it in time" : std::string{};
}

template <class Request>
int decide(const command_context& asked, const char* stage) {
  // The log would say what the answer says.
  auto line = asked.line;
  line.quiet = true;
  const command_context context{line, asked.interrupts, asked.style, asked.program};
  Request request;
  request.name = line.name;
  request.reason = line.reason;
  std::string memory_only;  // why a runtime that goes on does not keep the decision
  return answer_one(
      context, stage,
      [&](session& guild) -> outcome<planner_record> {
        // Looked at first: the runtime goes on without a store that it cannot use.
        const auto store = guild.is_attached() ? store_facts{} : look_at_store(state_directory_of(context.line));
        auto record = guild.ask(request);
        if (!record) return record;
        if (guild.is_attached()) {
          if (const auto stats = guild.ask(stats_request{})) memory_only = stats->memory_only;
          if (!memory_only.empty() && line.format == output_format::json) {
            remark("the decision ends with the running runtime, which stores nothing: " + memory_only, asked.line);
          }
          return record;
        }
        const auto reason = not_kept(guild, store);
        if (reason.empty()) return record;
        return make_failure(failure_code::invalid_configuration,
                            "Nothing has changed, because the decision could not be kept: " + reason +
                                ". Name a folder that can be written with --state.");
      },
      [&](const planner_record& record, const text_style& style) { return decision_text(record, memory_only, style); },
      always_yes);
}

/// How values that were only checked are set for good.
void remark_for_good(const command_context& context) {
  remark(
      "these values were checked, but hold for this command's own runtime only; --attach SOCKET changes a running "
      "one",
      context.line);
  for (const auto& [variable, value] : context.line.settings) {
    if (const auto* field = find_config_field(variable)) {
      remark(
          "for good: " + export_line(variable, {value}) + ", or \"" + field->json_key() + "\" in the file of --config",
          context.line);
    }
  }
}

}  // namespace

int run_heal(const command_context& context) {
  heal_request request;
  request.force = context.line.force;
  request.max_attempts = context.line.max_attempts;
  return answer_one(
      context, "healing", [&](session& guild) { return ask_settled(guild, request, context); }, heal_text,
      [](const heal_report& report) { return report.after_active > 0 ? exit_code::yes : exit_code::negative; });
}

int run_reload(const command_context& context) {
  reload_request request;
  request.wait_for_admissions = true;
  return answer_one(
      context, "reloading", [&](session& guild) { return ask_settled(guild, request, context); }, reload_text,
      always_yes);
}

int run_quarantine(const command_context& context) {
  return decide<quarantine_request>(context, "quarantining");
}

int run_reinstate(const command_context& context) {
  return decide<reinstate_request>(context, "reinstating");
}

int run_configure(const command_context& context) {
  configure_request request;
  for (const auto& [variable, value] : context.line.settings) request.patch.push_back({variable, value});
  return answer_one(
      context, "configuring",
      [&](session& guild) {
        auto report = guild.ask(request);
        if (report && !guild.is_attached()) remark_for_good(context);
        return report;
      },
      configure_text, always_yes);
}

int run_stats(const command_context& context) {
  return answer_one(
      context, "looking for planners", [&](session& guild) { return ask_settled(guild, stats_request{}, context); },
      stats_text, always_yes);
}

int run_profiles(const command_context& context) {
  const profiles_request request{context.line.profile, context.line.limit};
  return answer_one(
      context, "looking for planners", [&](session& guild) { return ask_settled(guild, request, context); },
      [&](const profile_report& report, const text_style& style) {
        return profile_text(report, request.kind, true, style);
      },
      always_yes);
}

int run_diagnostics(const command_context& context) {
  diagnostics_request request;
  request.verbose = context.line.verbose;
  return answer_one(
      context, "looking for planners", [&](session& guild) { return ask_settled(guild, request, context); },
      [&](const diagnostics_report& report, const text_style& style) {
        return diagnostics_text(report, request.verbose, style);
      },
      always_yes);
}

}  // namespace planguild::cli
