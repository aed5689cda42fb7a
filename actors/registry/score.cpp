// See the header. No state; any thread.
#include "actors/registry/score.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace planguild {

double own_reliability(const snapshot_row& row, const ranking_config& config) noexcept {
  return row.reliability ? *row.reliability : config.default_reliability;
}

bool is_candidate(const snapshot_row& row, const ranking_config& config) noexcept {
  return row.is_active() && own_reliability(row, config) >= config.min_reliability;
}

}  // namespace planguild

namespace planguild::scoring {
namespace {

struct weighted_tier {
  std::string_view name;
  double adjustment;
};
constexpr std::array<weighted_tier, 5> weighted_tiers{
    {{"alpha", -0.05}, {"beta", 0.0}, {"stable", 0.05}, {"gold", 0.07}, {"vip", 0.08}}};

constexpr char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool offers(const snapshot_row& row, std::string_view capability) noexcept {
  return std::binary_search(row.capabilities.begin(), row.capabilities.end(), capability, std::less<>{});
}

bool offers_deep_index(const snapshot_row& row) noexcept {
  return offers(row, "deep_index");
}

bool helps_with_hotspots(const snapshot_row& row) noexcept {
  return offers(row, "refactor") || offers(row, "risk") || offers(row, "structural");
}

double deep_boost(const context_facts& context, const ranking_config& config) noexcept {
  return context.deep_index ? std::max(config.deep_index_cap_boost, 0.0) : 0;
}

double hotspot_boost(const context_facts& context, const ranking_config& config) noexcept {
  const bool are_many = context.is_given() && context.hotspots > config.hotspot_threshold;
  return are_many ? std::max(config.hotspot_cap_boost, 0.0) : 0;
}

double tier_term(std::string_view tier) noexcept {
  const auto same = [](char given, char known) { return ascii_lower(given) == known; };
  for (const auto& known : weighted_tiers) {
    if (std::equal(tier.begin(), tier.end(), known.name.begin(), known.name.end(), same)) {
      return known.adjustment;
    }
  }
  return 0;
}

}  // namespace planguild::scoring
