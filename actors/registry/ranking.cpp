// The terms of a score in full, and the answers made of a ranking. Any thread.
#include "actors/registry/ranking.hpp"

#include <algorithm>

#include "actors/registry/explanation.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

/// The numbers of a score, without the texts that make `score_terms` costly to copy.
struct score_numbers {
  double capability_ratio = 1;
  double own_reliability = 0;
  double reliability = 0;
  double tier_term = 0;
  double deep_boost = 0;
  double hotspot_boost = 0;
  double total = 0;
};

score_numbers numbers_of(const snapshot_row& row, const ranking_config& config,
                         const ranking_request& request) noexcept {
  score_numbers n;
  const auto offered = std::count_if(request.required.begin(), request.required.end(),
                                     [&row](const auto& capability) { return scoring::offers(row, capability); });
  n.capability_ratio = scoring::capability_ratio(static_cast<std::size_t>(offered), request.required.size());
  n.own_reliability = own_reliability(row, config);
  n.reliability = scoring::discounted(n.own_reliability,
                                      request.prefer_production && !request.required.empty() && !row.production_ready);
  n.tier_term = scoring::tier_term(row.tier);
  n.deep_boost = scoring::offers_deep_index(row) ? scoring::deep_boost(request.context, config) : 0;
  n.hotspot_boost = scoring::helps_with_hotspots(row) ? scoring::hotspot_boost(request.context, config) : 0;
  const double base = scoring::base(scoring::capability_term(n.capability_ratio),
                                    scoring::reliability_term(n.reliability), row.production_ready, n.tier_term);
  n.total = scoring::total(base, n.deep_boost, n.hotspot_boost);
  return n;
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

score_terms score(const snapshot_row& row, const ranking_config& config, const ranking_request& request) {
  const auto n = numbers_of(row, config, request);
  score_terms terms;
  terms.name = row.name;
  terms.capability_ratio = n.capability_ratio;
  terms.capability_term = scoring::capability_term(n.capability_ratio);
  terms.reliability = n.reliability;
  terms.reliability_term = scoring::reliability_term(n.reliability);
  terms.own_reliability = n.own_reliability;
  terms.production_term = row.production_ready ? scoring::production_bonus : 0;
  terms.tier_term = n.tier_term;
  terms.deep_boost = n.deep_boost;
  terms.hotspot_boost = n.hotspot_boost;
  terms.total = n.total;
  terms.tier = row.tier;
  terms.production_ready = row.production_ready;
  return terms;
}

double base_score(const score_terms& terms) noexcept {
  return scoring::base(terms.capability_term, terms.reliability_term, terms.production_ready, terms.tier_term);
}

bool ranks_before(const snapshot_row& first, const snapshot_row& second, const ranking_config& config,
                  const ranking_request& request) noexcept {
  const auto a = numbers_of(first, config, request);
  const auto b = numbers_of(second, config, request);
  if (a.total != b.total) {
    return a.total > b.total;
  }
  if (a.own_reliability != b.own_reliability) {
    return a.own_reliability > b.own_reliability;
  }
  return ties_before(first, second, config.tie_break);
}

ranking_result rank(const ranking_table& table, const ranking_request& request, std::size_t rows) {
  ranking_result result;
  result.candidates = table.candidates();
  const auto compiled = table.compile(request);
  const auto best = table.best(compiled, rows);
  result.ranked.reserve(best.size());
  for (const auto& each : best) {
    result.ranked.push_back(table.terms(compiled, each));
  }
  return result;
}

namespace {

/// The request as explanations may tell of it. Capabilities are compared in lower case, in which some secrets can no
/// longer be told, so what was typed is masked first; nobody offers a secret, with or without its mask.
ranking_request without_secrets(ranking_request request, const std::vector<std::string>& typed) {
  std::vector<std::string> masked;
  for (const auto& each : typed) {
    auto shown = scrub(each, {.hide_paths = false});
    if (shown != each) {
      std::erase(request.required, text::normalised(each));
      masked.push_back(std::move(shown));
    }
  }
  if (!masked.empty()) {
    masked.insert(masked.end(), request.required.begin(), request.required.end());
    request.required = text::capability_set(masked);
  }
  return request;
}

}  // namespace

outcome<selection> select(const ranking_table& table, const select_request& request) {
  const auto prepared = prepare(request);
  if (!prepared) {
    return *prepared.error;
  }
  const auto& view = table.view();
  // The winner is needed even where no breakdown is wanted; an explanation needs everybody.
  const std::size_t rows = request.explain ? view.rows.size() : std::max<std::size_t>(request.top, 1);
  auto result = rank(table, *prepared, rows);
  if (result.ranked.empty()) {
    return nobody_to_select(view);
  }
  selection answer;
  answer.best = result.ranked.front().name;
  answer.score = result.ranked.front().total;
  answer.candidates_considered = result.candidates;
  answer.snapshot_version = view.version;
  if (request.explain) {
    auto problem = add_explanation(view, without_secrets(*prepared, request.required_capabilities),
                                   text::normalised(request.flip_planner), result.ranked, answer);
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

outcome<batch_selection> batch(const ranking_table& table, const select_request& request, std::int64_t count) {
  const auto prepared = prepare(request);
  if (!prepared) {
    return *prepared.error;
  }
  batch_selection answer;
  if (count <= 0) {
    return answer;
  }
  for (const auto& each : table.best(table.compile(*prepared), static_cast<std::size_t>(count))) {
    answer.names.push_back(table.view().rows[each.row].name);
  }
  return answer;
}

selection_sample pattern_of(const selection& answer, const request_key& asked, const ranking_config& config) {
  std::vector<std::string> required;
  required.reserve(asked.required.size());
  for (const auto& typed : asked.required) required.push_back(scrubbed_label(typed, limits::label_code_points));
  selection_sample pattern;
  pattern.objective_len = asked.objective_len;
  pattern.required_caps = text::capability_set(required);
  pattern.best = answer.best;
  pattern.score = answer.score;
  pattern.candidates_considered = answer.candidates_considered;
  pattern.deep_index = asked.context.deep_index;
  pattern.hotspots = asked.context.hotspots;
  if (!answer.breakdown.empty()) {
    pattern.breakdown = answer.breakdown.front();
  }
  pattern.boost_config = {config.deep_index_cap_boost, config.hotspot_cap_boost, config.hotspot_threshold};
  return pattern;
}

}  // namespace planguild
