// One frame of `planguild top`: what is shown of a runtime at one moment. Owned by the command; pure functions, any
// thread.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "messages/operations.hpp"

namespace planguild::cli {

/// How often things happened, per second.
struct top_rates {
  double selections = 0;
  double invocations = 0;
  double constructions = 0;
};

/// Between two moments of one runtime; since its start where there is no earlier moment, or where that was another
/// runtime's (it was restarted in between). Zero where no time has passed.
top_rates rates_between(const std::optional<diagnostics_report>& before, const diagnostics_report& now);

/// Where a frame goes.
struct frame_size {
  std::size_t columns = 100;
  std::size_t rows = 0;  // 0: as many as it takes
  bool colour = false;
  bool is_cut = true;  // as in text_style; else a frame has every column of its tables
};

/// Lines of at most `columns` columns (where they are cut), each ended by a line end, at most `rows` of them: the
/// runtime, its activity, its alerts, its planners with the busiest first. `remark` is shown beside the title, if there
/// is room.
std::string top_frame(const diagnostics_report& now, const top_rates& rates, std::string_view remark,
                      const frame_size& size);

/// `{per_second{selections, invocations, constructions}, …}` with all of the diagnostics.
nlohmann::ordered_json top_json(const diagnostics_report& now, const top_rates& rates);

}  // namespace planguild::cli
