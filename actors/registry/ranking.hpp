// Who is best for a request: a pure function of a snapshot and a request, used by the registry and by every reader of
// snapshots, so that both give the same answer. No state; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/registry/kept_answers.hpp"
#include "actors/registry/ranking_table.hpp"
#include "actors/registry/score.hpp"
#include "messages/failure.hpp"
#include "messages/profiling.hpp"
#include "messages/selection.hpp"
#include "messages/snapshot.hpp"

namespace planguild {

/// Candidates in their order. Every record that is active and reaches the reliability floor is a candidate.
struct ranking_result {
  std::vector<score_terms> ranked;  // best first, at most as many rows as were asked for
  std::uint64_t candidates = 0;     // all of them
};

/// Normalises `request`. Fails with `limit_exceeded` if the objective is longer than limits::objective_bytes_max or
/// more than limits::required_capabilities_max capabilities are required (blanks and doubles count).
outcome<ranking_request> prepare(const select_request& request);

/// Every term of one row's score, whether or not it is a candidate. `row.capabilities` must be a normalised set.
score_terms score(const snapshot_row& row, const ranking_config& config, const ranking_request& request);

/// The score without the two boosts, with the same last bit as the one that `total` was made of.
double base_score(const score_terms& terms) noexcept;

/// Whether `first` comes before `second`: total, own reliability, then the configured tie-break. Total over rows with
/// different names.
bool ranks_before(const snapshot_row& first, const snapshot_row& second, const ranking_config& config,
                  const ranking_request& request) noexcept;

/// The best `rows` candidates, with every term of their scores.
ranking_result rank(const ranking_table& table, const ranking_request& request, std::size_t rows);

/// The choice and why. Fails with what `prepare` fails with; `no_active_planner` if no record is active; `no_candidate`
/// if none of the active ones reaches the floor; with `explain` also `not_found` if `flip_planner` names no record.
outcome<selection> select(const ranking_table& table, const select_request& request);

/// The names of the first `count` candidates; `count` <= 0 or nobody to return is an empty list. Fails only with what
/// `prepare` fails with.
outcome<batch_selection> batch(const ranking_table& table, const select_request& request, std::int64_t count);

/// What samples of a selection have in common; duration and time stay 0. `answer` needs its winner, and its winner's
/// terms where the sample is to have them. Secrets are masked in what was typed as a required capability, which is cut
/// to limits::label_code_points: before it is normalised, because the case of letters tells some of them.
selection_sample pattern_of(const selection& answer, const request_key& asked, const ranking_config& config);

// For one ranking of a snapshot: the same, with a table made for it alone.

inline ranking_result rank(const snapshot& view, const ranking_request& request, std::size_t rows) {
  return rank(ranking_table{view, ranking_table::order::as_is}, request, rows);
}
inline outcome<selection> select(const snapshot& view, const select_request& request) {
  return select(ranking_table{view, ranking_table::order::as_is}, request);
}
inline outcome<batch_selection> batch(const snapshot& view, const select_request& request, std::int64_t count) {
  return batch(ranking_table{view, ranking_table::order::as_is}, request, count);
}

}  // namespace planguild
