// One question to a runtime, from the session's start to the printed answer: what most commands are made of. Owned by
// the command; main thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "app/cli/command_support.hpp"
#include "app/cli/progress.hpp"
#include "messages/json.hpp"

namespace planguild::cli {

/// Starts a session, calls `ask(session)` for an outcome, stops, and prints what `show(answer, style)` makes of it, or
/// its JSON, or the failure. `exit_code_of(answer)` says what the answer is worth; `stage` is printable.
template <class Ask, class Show, class Judge>
int answer_one(const command_context& context, std::string stage, Ask ask, Show show, Judge exit_code_of) {
  const auto started = start_session(context);
  if (!started.guild) return started.exit_code;
  auto& guild = *started.guild;
  progress_line progress{is_progress_shown(context.line)};
  progress.stage(std::move(stage), probes_left(guild));
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

inline constexpr auto always_yes = [](const auto&) { return exit_code::yes; };

}  // namespace planguild::cli
