// top: one diagnostics request per frame. Owned by the command; main thread.
#include <unistd.h>

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>

#include "app/cli/commands.hpp"
#include "app/cli/progress.hpp"
#include "app/cli/top_screen.hpp"
#include "app/cli/top_view.hpp"
#include "messages/json.hpp"

namespace planguild::cli {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::int64_t answer_ms = 10'000;  // a runtime that is silent for longer is not worth watching

diagnostics_request request() {
  diagnostics_request asked;
  asked.timeout_ms = answer_ms;
  return asked;
}

/// One frame, as an answer: as wide as the terminal if there is one, and as long as it takes.
int show_once(session& guild, const command_context& context) {
  progress_line progress{is_progress_shown(context.line)};
  progress.stage("asking the runtime");
  const auto answer = [&]() -> outcome<diagnostics_report> {
    const interrupt_watch::scope scope{context.interrupts, [&guild] { guild.cancel(); }};
    if (!guild.is_attached()) {
      remark("this shows a runtime that lives for this command only; --attach SOCKET shows a running one",
             context.line);
      discover_request settle;
      settle.wait_for_admissions = true;
      if (auto found = guild.ask(settle); !found) return *found.error;
    }
    return guild.ask(request());
  }();
  guild.stop();
  progress.end();
  if (!answer) return report_failure(*answer.error, context);
  const auto rates = rates_between(std::nullopt, *answer);
  if (context.line.format == output_format::json) {
    return print_json(top_json(*answer, rates), exit_code::yes, context);
  }
  const frame_size size{context.style.columns, 0, context.style.colour, context.style.is_cut};
  return print_answer(top_frame(*answer, rates, "", size), exit_code::yes, context);
}

std::string frame_of(const diagnostics_report& now, const top_rates& rates, const top_screen& screen,
                     const command_context& context) {
  if (context.line.format == output_format::json) return dump_json(top_json(now, rates)) + "\n";
  return top_frame(now, rates, screen.is_full() ? "q ends" : "", screen.size());
}

/// Waits until the next frame is due; a new size redraws. False: it is over.
bool wait_for_next(top_screen& screen, steady::time_point due, const std::function<bool()>& redraw) {
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(due - steady::now()).count();
    switch (screen.wait(left)) {
      case top_screen::event::time_over:
        return true;
      case top_screen::event::resized:
        if (!redraw()) return false;
        break;
      case top_screen::event::quit:
      case top_screen::event::woken:
        return false;
    }
  }
}

int watch(session& guild, const command_context& context) {
  const bool is_json = context.line.format == output_format::json;
  top_screen screen{STDIN_FILENO, STDOUT_FILENO, is_json, context.style.colour};
  const interrupt_watch::scope scope{context.interrupts, [&] {
                                       // First the terminal: what follows may take seconds, or be cut short.
                                       screen.restore();
                                       guild.cancel();
                                       screen.wake();
                                     }};
  std::optional<diagnostics_report> before;
  while (true) {
    const auto due = steady::now() + std::chrono::milliseconds{context.line.interval_ms};
    auto now = guild.ask(request());
    if (context.interrupts.requested()) return exit_code::yes;  // the ordinary end of watching
    if (!now) {
      screen.restore();
      return report_failure(*now.error, context);
    }
    const auto rates = rates_between(before, *now);
    bool is_written = true;
    const auto draw = [&] { return is_written = screen.draw(frame_of(*now, rates, screen, context)); };
    if (!draw()) return exit_code::negative;
    if (!wait_for_next(screen, due, draw)) return is_written ? exit_code::yes : exit_code::negative;
    before = std::move(*now);
  }
}

}  // namespace

int run_top(const command_context& context) {
  const auto started = start_session(context);
  if (!started.guild) return started.exit_code;
  return context.line.once ? show_once(*started.guild, context) : watch(*started.guild, context);
}

}  // namespace planguild::cli
