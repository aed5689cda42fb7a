// Why a selection came out as it did: what became of every record, with the numbers that decided. What would have to
// change is in flip.hpp. Pure functions of a snapshot; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/registry/ranking.hpp"
#include "messages/failure.hpp"
#include "messages/selection.hpp"
#include "messages/snapshot.hpp"

namespace planguild {

/// The failure of a selection for which `view` has no candidate: `no_active_planner` or `no_candidate`, with what there
/// is (pending, quarantined, with an error, below the floor) and what to do about it.
failure nobody_to_select(const snapshot& view);

/// What became of every record and why: the candidates by rank, then the rest by name. `ranked` must hold all
/// candidates of `view`, best first.
std::vector<fate_explanation> explain(const snapshot& view, const ranking_request& request,
                                      const std::vector<score_terms>& ranked);

/// `value` with `digits` decimals, for people.
std::string decimals(double value, int digits);

/// "0.845 against 0.945", with as many decimals as it takes to tell the two apart (all of them, if need be).
std::string against(double first, double second);

/// Fills `answer.explanations`, `answer.warnings` and `answer.flip`; `ranked` as in `explain`. `flip_planner`,
/// normalised, is for whom the flip is looked for; empty: the runner-up. Fails with `not_found` if it names no record.
std::optional<failure> add_explanation(const snapshot& view, const ranking_request& request,
                                       std::string_view flip_planner, const std::vector<score_terms>& ranked,
                                       selection& answer);

}  // namespace planguild
