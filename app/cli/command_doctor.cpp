// doctor: looks at everything, then asks a runtime of its own for the planners' verdicts. Owned by the command; main
// thread.
#include <nlohmann/json.hpp>

#include "app/cli/commands.hpp"
#include "app/cli/doctor_text.hpp"
#include "app/cli/progress.hpp"
#include "app/host/system/files.hpp"

namespace planguild::cli {
namespace {

/// Fills in the verdicts, or why they are unknown.
void ask_planners(doctor_facts& facts, const command_context& context) {
  if (!facts.configuration.problems.empty()) {
    facts.not_asked = "no runtime starts with this configuration";
    return;
  }
  session_options options;
  options.config = facts.configuration.value;
  options.least_level = log_level::critical;  // what its log would say is among the findings
  // A damaged store would be set aside by using it: that is for the reader of the report to decide.
  const bool is_kept =
      facts.store.state == store_facts::condition::good || facts.store.state == store_facts::condition::absent;
  if (is_kept) options.state_directory = facts.store.directory;
  const auto guild = start_own_session(std::move(options));
  const interrupt_watch::scope scope{context.interrupts, [&guild] { guild->cancel(); }};
  list_request list;
  list.wait_for_admissions = true;
  auto planners = guild->ask(list);
  auto health = guild->ask(health_request{});
  guild->stop();
  if (!planners || !health) {
    facts.not_asked = planners ? health.error->message : planners.error->message;
    return;
  }
  facts.planners = std::move(*planners);
  facts.health = std::move(*health);
}

}  // namespace

int run_doctor(const command_context& context) {
  progress_line progress{is_progress_shown(context.line)};
  progress.stage("examining the set-up");
  doctor_facts facts;
  facts.version = program_version();
  facts.kernel = look_at_kernel();
  facts.configuration = load_command_configuration(context.line);
  facts.store = look_at_store(state_directory_of(context.line));
  const auto files = make_file_source();
  look_at_planners(facts, *files, working_directory());
  ask_planners(facts, context);
  progress.end();
  if (context.interrupts.requested()) {
    return report_failure({failure_code::cancelled, "Interrupted.", {}, {}}, context);
  }
  const auto report = examine(facts);
  const int code = report.good() ? exit_code::yes : exit_code::negative;
  if (context.line.format == output_format::json) return print_json(doctor_json(report), code, context);
  return print_answer(doctor_text(report, context.style), code, context);
}

}  // namespace planguild::cli
