// From arguments to exit code. Owned by main; main thread.
#include "app/cli/command.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <string>
#include <string_view>

#include "app/cli/command_support.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/interrupts.hpp"
#include "app/cli/output.hpp"

namespace planguild::cli {
namespace {

int dispatch(const command_context& context) {
  switch (context.line.command) {
    case command::plan:
      return run_plan(context);
    case command::select:
      return run_select(context);
    case command::list:
      return run_list(context);
    case command::describe:
      return run_describe(context);
    case command::crash:
      return run_crash(context);
    case command::discover:
      return run_discover(context);
    case command::health:
      return run_health(context);
    case command::index:
      return run_index(context);
    case command::lint:
      return run_lint(context);
    case command::probe:
      return run_probe(context);
    case command::config:
      return run_config(context);
    case command::schema:
      return run_schema(context);
    case command::replay:
      return run_replay(context);
    case command::rpc:
      return run_rpc(context);
    case command::heal:
      return run_heal(context);
    case command::reload:
      return run_reload(context);
    case command::quarantine:
      return run_quarantine(context);
    case command::reinstate:
      return run_reinstate(context);
    case command::configure:
      return run_configure(context);
    case command::stats:
      return run_stats(context);
    case command::profiles:
      return run_profiles(context);
    case command::diagnostics:
      return run_diagnostics(context);
    case command::top:
      return run_top(context);
    case command::doctor:
      return run_doctor(context);
    case command::new_planner:
      return run_new(context);
  }
  return exit_code::internal;
}

/// Whether JSON is asked for, as far as arguments tell that could not be read.
bool is_json_in(const std::vector<std::string>& arguments) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  const std::array<std::string_view, 2> in_two_words = {"--format", "json"};
  return std::any_of(arguments.begin(), end,
                     [](const auto& each) { return each == "--json" || each == "--format=json"; }) ||
         std::search(arguments.begin(), end, in_two_words.begin(), in_two_words.end()) != end;
}

int run(const std::vector<std::string>& arguments, std::string_view program) {
  const auto parsed = parse_command_line(arguments, program_version());
  if (!parsed.line) {
    if (parsed.exit_code == exit_code::yes) return print(parsed.text) ? exit_code::yes : exit_code::negative;
    complain(parsed.text);
    if (is_json_in(arguments)) {
      (void)print(failure_json({failure_code::invalid_request, parsed.problem, {}, {}}));
    }
    return parsed.exit_code;
  }
  interrupt_watch interrupts;
  const command_context context{*parsed.line, interrupts, answer_style(*parsed.line), program};
  // What cannot be written afterwards would have been for nothing.
  if (const auto& out = parsed.line->out_file; !out.empty()) {
    if (const auto problem = why_not_writable(out)) return report_failure(*problem, context);
  }
  return dispatch(context);
}

}  // namespace

int run_command(const std::vector<std::string>& arguments, std::string_view program) noexcept {
  occupy_standard_descriptors();
  (void)std::signal(SIGPIPE, SIG_IGN);  // a closed standard output is seen by write
  (void)std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes too, like a full disk
  try {
    return run(arguments, program);
  } catch (const std::exception& problem) {
    complain("planguild: internal: " + printable(problem.what()) + "\n");
  } catch (...) {
    complain("planguild: internal: an unknown exception\n");
  }
  return exit_code::internal;
}

}  // namespace planguild::cli
