// The log: one JSON object per line on a descriptor, scrubbed and filtered by level. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "messages/environment.hpp"

namespace planguild {

/// Who reads a log: a program gets one JSON object per line, a person at a terminal one sentence.
enum class log_style : std::uint8_t { json, terminal };

/// Keys `component`, `level` (text of log_level), `msg`, `ts` (UTC, ISO 8601 with milliseconds), then the fields, whose
/// values are text; a field named like one of the four is written as `field_NAME`. Values of fields with secret names
/// are `***`. Every text is scrubbed and cut to 8 KiB. A line is written at once; where nobody reads the descriptor,
/// 100 ms are waited and the line is dropped and counted (`dropped` in the next one). Fails never. Does not own
/// `number`. With `log_style::terminal` lines are those of log_sentence, each in place of what stands on the cursor's
/// line (a progress line).
std::shared_ptr<log_sink> make_log(log_level least, int number, log_style style = log_style::json);

/// The line that the above writes, for `wall_ms` (milliseconds since 1970). With its newline.
std::string log_line(log_level level, std::string_view component, std::string_view message,
                     const std::vector<std::pair<std::string, std::string>>& fields, std::int64_t wall_ms);

/// `warning: MESSAGE (PLANNER, WHERE, NAME: VALUE, …)`: what a person needs of the above, on one line without control
/// characters, with its newline. `code` is left out; the path in `where` stays as it is.
std::string log_sentence(log_level level, std::string_view message,
                         const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace planguild
