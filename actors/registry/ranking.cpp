// The contract's scoring, bit for bit. Compile with -ffp-contract=off: a fused multiply-add would change the last bit,
// and with it who wins a tie. No state; any thread.
#include "actors/registry/ranking.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "actors/registry/explanation.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

constexpr double capability_weight = 0.6;
constexpr double reliability_weight = 0.35;
constexpr double production_bonus = 0.04;
constexpr double not_production_factor = 0.97;

struct weighted_tier {
  std::string_view name;
  double adjustment;
};
constexpr std::array<weighted_tier, 5> weighted_tiers{
    {{"alpha", -0.05}, {"beta", 0.0}, {"stable", 0.05}, {"gold", 0.07}, {"vip", 0.08}}};

constexpr char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool offers(const snapshot_row& row, std::string_view capability) noexcept {
  const auto at = std::lower_bound(row.capabilities.begin(), row.capabilities.end(), capability);
  return at != row.capabilities.end() && *at == capability;
}

/// How many elements two sorted sets have in common. The required set is short, so each of its elements is looked for
/// in what is left of the offered one.
std::size_t count_common(const std::vector<std::string>& required, const std::vector<std::string>& offered) noexcept {
  std::size_t common = 0;
  auto from = offered.begin();
  for (const auto& capability : required) {
    from = std::lower_bound(from, offered.end(), capability);
    if (from == offered.end()) {
      break;
    }
    if (*from == capability) {
      ++common;
      ++from;
    }
  }
  return common;
}

/// The numbers of a score, without the texts that make `score_terms` costly to copy.
struct score_numbers {
  double capability_ratio = 1;
  double capability_term = 0;
  double own_reliability = 0;
  double reliability = 0;
  double reliability_term = 0;
  double tier_term = 0;
  double deep_boost = 0;
  double hotspot_boost = 0;
  double total = 0;
};

double add_production_and_tier(double base, bool production_ready, double tier_term) noexcept {
  if (production_ready) {
    base += production_bonus;
  }
  if (tier_term != 0) {
    base += tier_term;
  }
  return base;
}

score_numbers numbers_of(const snapshot_row& row, const ranking_config& config,
                         const ranking_request& request) noexcept {
  score_numbers n;
  const bool something_required = !request.required.empty();
  if (something_required) {
    n.capability_ratio = static_cast<double>(count_common(request.required, row.capabilities)) /
                         static_cast<double>(request.required.size());
  }
  n.own_reliability = own_reliability(row, config);
  n.reliability = n.own_reliability;
  if (request.prefer_production && something_required && !row.production_ready) {
    n.reliability *= not_production_factor;
  }
  n.capability_term = n.capability_ratio * capability_weight;
  n.reliability_term = n.reliability * reliability_weight;
  n.tier_term = tier_adjustment(row.tier);
  const double base =
      add_production_and_tier(n.capability_term + n.reliability_term, row.production_ready, n.tier_term);
  if (request.context.deep_index && offers(row, "deep_index")) {
    n.deep_boost = std::max(config.deep_index_cap_boost, 0.0);
  }
  if (request.context.is_given() && request.context.hotspots > config.hotspot_threshold &&
      (offers(row, "refactor") || offers(row, "risk") || offers(row, "structural"))) {
    n.hotspot_boost = std::max(config.hotspot_cap_boost, 0.0);
  }
  n.total = base + (n.deep_boost + n.hotspot_boost);
  return n;
}

/// What candidates are ordered by.
struct ranking_key {
  double total;
  double own_reliability;
  const snapshot_row* row;
};

ranking_key key_of(const snapshot_row& row, const ranking_config& config, const ranking_request& request) noexcept {
  const auto n = numbers_of(row, config, request);
  return {n.total, n.own_reliability, &row};
}

bool key_before(const ranking_key& a, const ranking_key& b, tie_break rule) noexcept {
  if (a.total != b.total) {
    return a.total > b.total;
  }
  if (a.own_reliability != b.own_reliability) {
    return a.own_reliability > b.own_reliability;
  }
  if (rule == tie_break::newest && a.row->entry_time_ns != b.row->entry_time_ns) {
    return a.row->entry_time_ns > b.row->entry_time_ns;
  }
  if (rule == tie_break::least_recent && a.row->selections != b.row->selections) {
    return a.row->selections < b.row->selections;
  }
  return a.row->name < b.row->name;
}

std::vector<ranking_key> ranked_keys(const snapshot& view, const ranking_request& request, std::size_t rows,
                                     std::uint64_t& candidates) {
  std::vector<ranking_key> keys;
  for (const auto& row : view.rows) {
    if (is_candidate(row, view.config)) {
      keys.push_back(key_of(row, view.config, request));
    }
  }
  candidates = keys.size();
  const auto wanted = std::min(rows, keys.size());
  const auto last = std::next(keys.begin(), static_cast<std::ptrdiff_t>(wanted));
  // Names differ, so the order is total and a partial sort finds exactly the rows that a full one would.
  std::partial_sort(keys.begin(), last, keys.end(),
                    [rule = view.config.tie_break](const auto& a, const auto& b) { return key_before(a, b, rule); });
  keys.resize(wanted);
  return keys;
}

}  // namespace

outcome<ranking_request> prepare(const select_request& request) {
  if (request.objective.size() > limits::objective_bytes_max) {
    return make_failure(failure_code::limit_exceeded,
                        "the objective has " + std::to_string(request.objective.size()) +
                            " bytes; objective_bytes_max is " + std::to_string(limits::objective_bytes_max),
                        {}, "objective");
  }
  if (request.required_capabilities.size() > limits::required_capabilities_max) {
    return make_failure(failure_code::limit_exceeded,
                        std::to_string(request.required_capabilities.size()) +
                            " capabilities are required; required_capabilities_max is " +
                            std::to_string(limits::required_capabilities_max),
                        {}, "required_capabilities");
  }
  return ranking_request{text::capability_set(request.required_capabilities), request.prefer_production,
                         request.context};
}

double own_reliability(const snapshot_row& row, const ranking_config& config) noexcept {
  return row.reliability ? *row.reliability : config.default_reliability;
}

bool is_candidate(const snapshot_row& row, const ranking_config& config) noexcept {
  return row.is_active() && own_reliability(row, config) >= config.min_reliability;
}

double tier_adjustment(std::string_view tier) noexcept {
  const auto same = [](char given, char known) { return ascii_lower(given) == known; };
  for (const auto& known : weighted_tiers) {
    if (std::equal(tier.begin(), tier.end(), known.name.begin(), known.name.end(), same)) {
      return known.adjustment;
    }
  }
  return 0;
}

score_terms score(const snapshot_row& row, const ranking_config& config, const ranking_request& request) {
  const auto n = numbers_of(row, config, request);
  score_terms terms;
  terms.name = row.name;
  terms.capability_ratio = n.capability_ratio;
  terms.capability_term = n.capability_term;
  terms.reliability = n.reliability;
  terms.reliability_term = n.reliability_term;
  terms.own_reliability = n.own_reliability;
  terms.production_term = row.production_ready ? production_bonus : 0;
  terms.tier_term = n.tier_term;
  terms.deep_boost = n.deep_boost;
  terms.hotspot_boost = n.hotspot_boost;
  terms.total = n.total;
  terms.tier = row.tier;
  terms.production_ready = row.production_ready;
  return terms;
}

double base_score(const score_terms& terms) noexcept {
  return add_production_and_tier(terms.capability_term + terms.reliability_term, terms.production_ready,
                                 terms.tier_term);
}

bool ranks_before(const snapshot_row& first, const snapshot_row& second, const ranking_config& config,
                  const ranking_request& request) noexcept {
  return key_before(key_of(first, config, request), key_of(second, config, request), config.tie_break);
}

ranking_result rank(const snapshot& view, const ranking_request& request, std::size_t rows) {
  ranking_result result;
  const auto keys = ranked_keys(view, request, rows, result.candidates);
  result.ranked.reserve(keys.size());
  for (const auto& key : keys) {
    result.ranked.push_back(score(*key.row, view.config, request));
  }
  return result;
}

outcome<selection> select(const snapshot& view, const select_request& request) {
  const auto prepared = prepare(request);
  if (!prepared) {
    return *prepared.error;
  }
  // The winner is needed even where no breakdown is wanted; an explanation needs everybody.
  const std::size_t rows = request.explain ? view.rows.size() : std::max<std::size_t>(request.top, 1);
  auto result = rank(view, *prepared, rows);
  if (result.ranked.empty()) {
    return nobody_to_select(view);
  }
  selection answer;
  answer.best = result.ranked.front().name;
  answer.score = result.ranked.front().total;
  answer.candidates_considered = result.candidates;
  answer.snapshot_version = view.version;
  if (request.explain) {
    auto problem = add_explanation(view, *prepared, text::normalised(request.flip_planner), result.ranked, answer);
    if (problem) {
      return *problem;
    }
  }
  if (result.ranked.size() > request.top) {
    result.ranked.resize(request.top);
  }
  answer.breakdown = std::move(result.ranked);
  return answer;
}

outcome<batch_selection> batch(const snapshot& view, const select_request& request, std::int64_t count) {
  const auto prepared = prepare(request);
  if (!prepared) {
    return *prepared.error;
  }
  batch_selection answer;
  if (count <= 0) {
    return answer;
  }
  std::uint64_t candidates = 0;
  for (const auto& key : ranked_keys(view, *prepared, static_cast<std::size_t>(count), candidates)) {
    answer.names.push_back(key.row->name);
  }
  return answer;
}

}  // namespace planguild
