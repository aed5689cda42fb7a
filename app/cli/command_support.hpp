// What the commands share: configuration with its complaints, failures as text and JSON, answers, paths. Owned by the
// command; main thread.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "app/cli/interrupts.hpp"
#include "app/cli/options.hpp"
#include "app/cli/session.hpp"
#include "app/cli/text_layout.hpp"
#include "messages/config.hpp"
#include "messages/failure.hpp"

namespace planguild::cli {

/// What a command works with.
struct command_context {
  const command_line& line;
  interrupt_watch& interrupts;
  text_style style;          // of the answer
  std::string_view program;  // as it was typed
};

/// Loads the configuration from file, environment and flags; the shipped planners' folder is filled in where no planner
/// path is given.
config_load load_command_configuration(const command_line& line);

/// What a session needs. None: the configuration is refused, and every problem has been printed, as a failure is (exit
/// code 2).
std::optional<session_options> session_options_of(const command_line& line);

/// What a command talks to: a runtime of its own, or with --attach the running one. Null: what is wrong has been
/// printed, and the command ends with `exit_code`.
struct started_session {
  std::unique_ptr<session> guild;
  int exit_code = exit_code::yes;
};
started_session start_session(const command_context& context);

/// Where this process is; "/" where that is unknown.
std::string working_directory();

/// The folder of the planners that ship with this program: beside it, else where it was built; empty if there is none.
std::string shipped_planners_directory();

/// --state, else $XDG_STATE_HOME/planguild, else ~/.local/state/planguild, else empty.
std::string state_directory_of(const command_line& line);

/// {"failure": …} as `--json` prints it, with its line end.
std::string failure_json(const failure& problem);

/// Prints a failure (with --json also on standard output, as {"failure": …}) and returns its exit code.
int report_failure(const failure& problem, const command_context& context);

/// Prints `text` on standard output, or into the file of --out, and returns `code`, or what went wrong.
int print_answer(std::string_view text, int code, const command_context& context);

/// Prints JSON with an indent of 2, as above.
int print_json(const nlohmann::ordered_json& value, int code, const command_context& context);

/// For a progress line: how many planners of a runtime of its own are still to be tested. `guild` must outlive it.
std::function<std::string()> probes_left(session& guild);

/// Whether progress is shown.
bool is_progress_shown(const command_line& line);

/// A remark on standard error, unless --quiet.
void remark(std::string_view text, const command_line& line);

}  // namespace planguild::cli
