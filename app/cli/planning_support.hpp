// What plan and select share: a session with its configuration, the deep context, the list of planners, the request,
// the record of the decision. Owned by the command; main thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "app/cli/deep_context.hpp"

namespace planguild::cli {

/// The seconds since it was made.
class stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(); }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// What is known before the choice.
struct planning_ground {
  deep_context context;
  config configuration;  // of the runtime that is asked
  planner_list planners;
  planners_view counts;
  select_request request;
};

/// What is left of --timeout, at least 1 ms; 0 where none was given.
std::int64_t remaining_ms(const command_line& line, const stopwatch& since_start);

/// As `start_session`, once --record can be appended to: a session discovers and probes from its beginning, and what
/// cannot be recorded afterwards would have been for nothing.
started_session start_planning(const command_context& context);

/// Makes the deep context while discovery and admissions go on, then lists the planners. `since_start` runs since the
/// command began.
outcome<planning_ground> prepare_ground(const command_context& context, session& guild, progress_line& progress,
                                        const stopwatch& since_start);

/// Appends the decision to --record, if it was given. Returns what went wrong.
std::optional<failure> record_decision(const command_context& context, const planning_ground& ground,
                                       const outcome<selection>& chosen);

/// `chosen` as it is printed: at most `rows` rows, explanations only if they were asked for.
selection shown_selection(selection chosen, std::uint64_t rows, bool explain);

}  // namespace planguild::cli
