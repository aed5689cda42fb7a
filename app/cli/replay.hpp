// Taking a decision again: a line of JSON holds configuration, planners and a request, the production code ranks them,
// and where the line says what was expected, the two are compared to the last bit. Lines are written by
// app/host/decision_line.
// Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/failure.hpp"

namespace planguild {

struct replay_answer {
  std::string line;                      // one line of JSON, without "\n"
  bool compared = false;                 // the line said what was expected
  std::vector<std::string> differences;  // "ranking[0].total_score: expected 0.9, got 0.8"; empty: all as expected
};

/// Ranks what `line` holds. The schema: `id`?, `config`, `planners[]`, `request` (with `n`, or `n` beside it, for a
/// batch), and optionally `expected` (`ranking`, `best`, `candidates_considered`, `profile`; `names` for a batch),
/// `expected_error` or `expected_ascii_only`. Read leniently: null flags are false, null and non-text capabilities are
/// dropped, a bare text is one capability, a context that is no object is none. `config.tie_break`,
/// `planners[].entry_time_ns`, `planners[].selections` and `planners[].admission` (for `pending`) may be there. The
/// answer holds `id`, then `ranking`, `best`, `candidates_considered`, `score` and `profile`, or `names`, or `failure`.
/// Fails with `invalid_request` for a line that is no such case (broken JSON, no `planners` or no `request`, a number
/// where a text must be, two planners of one name), longer than limits::protocol_line_bytes_max, or with more than
/// limits::planners_max planners.
outcome<replay_answer> replay_line(std::string_view line);

}  // namespace planguild
