// The smallest change that would have made another planner win. A pure function of a snapshot and a request; any
// thread.
#pragma once

#include <optional>
#include <string_view>

#include "actors/registry/ranking.hpp"
#include "messages/selection.hpp"
#include "messages/snapshot.hpp"

namespace planguild {

/// The first change that makes `name` win, in the order: require one more capability (first those that the planner
/// offers and the winner does not, then others that some record offers), require one fewer, turn prefer_production
/// over; then of its record reliability (the smallest multiple of 0.0001 up to 1), tier (the smallest difference),
/// production_ready, one more capability. Ties go by name. Every answer has been checked by ranking a changed copy.
/// None if `name` wins already, is no record, is not active, or no single change does it.
std::optional<flip_suggestion> smallest_flip(const snapshot& view, const ranking_request& request,
                                             std::string_view name);

}  // namespace planguild
