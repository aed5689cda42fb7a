// Who is a candidate, what of a planner counts, and the contract's formula in its order of operations and in double:
// what every ranking is made of. Compile with -ffp-contract=off: a fused multiply-add would change the last bit, and
// with it who wins a tie. No state; any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "messages/selection.hpp"
#include "messages/snapshot.hpp"

namespace planguild {

/// The reliability that counts for `row`: its own, or the default where it has none.
double own_reliability(const snapshot_row& row, const ranking_config& config) noexcept;

/// Whether `row` is active and its reliability reaches the floor.
bool is_candidate(const snapshot_row& row, const ranking_config& config) noexcept;

}  // namespace planguild

namespace planguild::scoring {

inline constexpr double capability_weight = 0.6;
inline constexpr double reliability_weight = 0.35;
inline constexpr double production_bonus = 0.04;
inline constexpr double not_production_factor = 0.97;

/// What share of the required capabilities is offered; 1 where nothing is required.
constexpr double capability_ratio(std::size_t offered, std::size_t required) noexcept {
  return required == 0 ? 1.0 : static_cast<double>(offered) / static_cast<double>(required);
}

constexpr double capability_term(double ratio) noexcept {
  return ratio * capability_weight;
}

/// `own` after the discount of a planner that is not production-ready, where production is preferred and something is
/// required.
constexpr double discounted(double own, bool discount) noexcept {
  return discount ? own * not_production_factor : own;
}

constexpr double reliability_term(double reliability) noexcept {
  return reliability * reliability_weight;
}

/// The score without the two boosts.
constexpr double base(double capability_term, double reliability_term, bool production_ready,
                      double tier_term) noexcept {
  double sum = capability_term + reliability_term;
  if (production_ready) {
    sum += production_bonus;
  }
  if (tier_term != 0) {
    sum += tier_term;
  }
  return sum;
}

constexpr double total(double base, double deep_boost, double hotspot_boost) noexcept {
  return base + (deep_boost + hotspot_boost);
}

/// Whether `row`, whose capabilities must be a normalised set, offers `capability`.
bool offers(const snapshot_row& row, std::string_view capability) noexcept;

/// Whether the deep boost is for `row`.
bool offers_deep_index(const snapshot_row& row) noexcept;

/// Whether the hotspot boost is for `row`.
bool helps_with_hotspots(const snapshot_row& row) noexcept;

/// What those who offer the deep index get in this context; 0 where it has none.
double deep_boost(const context_facts& context, const ranking_config& config) noexcept;

/// What those who help with hotspots get in this context; 0 where there are too few.
double hotspot_boost(const context_facts& context, const ranking_config& config) noexcept;

/// What the tier adds; 0 for a tier without weight. Upper and lower case are the same, outer blanks are not removed.
double tier_term(std::string_view tier) noexcept;

}  // namespace planguild::scoring
