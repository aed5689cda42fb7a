// A decision as one line of JSON that `planguild replay` takes again, elsewhere and later. Pure functions, any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "messages/failure.hpp"
#include "messages/selection.hpp"
#include "messages/snapshot.hpp"

namespace planguild {

/// One candidate's score as lines and replays show it; without `has_tier` its tier is null.
nlohmann::ordered_json decision_row(const score_terms& terms, bool has_tier);

/// A line, without "\n", that replays to `answer`, which must be what `select(view, request)` gave. Rows of the
/// breakdown beyond `request.top` are not in it, so they are not compared. A failure that does not come from ranking is
/// left out: such a line replays without a comparison. Secrets of the request are masked. Fails with `limit_exceeded`
/// if the line would be longer than limits::protocol_line_bytes_max.
outcome<std::string> decision_line(const snapshot& view, const select_request& request,
                                   const outcome<selection>& answer);

}  // namespace planguild
