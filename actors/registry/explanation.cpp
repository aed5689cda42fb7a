// Sentences about a ranking. Pure functions; any thread.
#include "actors/registry/explanation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "actors/registry/capability_warning.hpp"
#include "actors/registry/flip.hpp"
#include "actors/registry/reliability.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

/// One term of two scores, worded for the loser.
struct term_difference {
  double advantage;  // of the winner
  std::string text;
};

std::string tier_text(const score_terms& terms) {
  return (terms.tier.empty() ? std::string{"no tier"} : "tier " + terms.tier) + " adds " + decimals(terms.tier_term, 3);
}

/// What the winner is ahead by, the largest part first. What the loser is ahead by is left out: it did not decide.
std::vector<term_difference> differences(const score_terms& loser, const score_terms& winner) {
  std::vector<term_difference> parts;
  const auto add = [&parts](double of_loser, double of_winner, std::string text) {
    if (of_winner > of_loser) {
      parts.push_back({of_winner - of_loser, std::move(text)});
    }
  };
  add(loser.capability_term, winner.capability_term,
      "match adds " + against(loser.capability_term, winner.capability_term));
  add(loser.reliability_term, winner.reliability_term,
      "reliability adds " + against(loser.reliability_term, winner.reliability_term));
  add(loser.production_term, winner.production_term, "not production-ready");
  add(loser.tier_term, winner.tier_term,
      tier_text(loser) + ", " + (winner.tier.empty() ? "no tier " : winner.tier + " adds ") +
          decimals(winner.tier_term, 3));
  add(loser.deep_boost, winner.deep_boost, "no deep index boost");
  add(loser.hotspot_boost, winner.hotspot_boost, "no hotspot boost");
  std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.advantage > b.advantage; });
  return parts;
}

std::string tie_reason(const score_terms& loser, const score_terms& winner, tie_break rule) {
  if (loser.own_reliability != winner.own_reliability) {
    return "equal total " + decimals(winner.total, 3) + "; own reliability " +
           against(loser.own_reliability, winner.own_reliability);
  }
  switch (rule) {
    case tie_break::newest:
      return "equal total and reliability; " + winner.name + " is newer or comes first by name";
    case tie_break::least_recent:
      return "equal total and reliability; " + winner.name + " was selected less often lately or comes first by name";
    case tie_break::name:
      break;
  }
  return "equal total and reliability; " + winner.name + " comes first by name";
}

std::string lost_reason(const score_terms& loser, const score_terms& winner, tie_break rule) {
  if (loser.total == winner.total) {
    return tie_reason(loser, winner, rule);
  }
  std::string reason = against(loser.total, winner.total);
  const char* separator = ": ";
  for (const auto& part : differences(loser, winner)) {
    reason += separator + part.text;
    separator = "; ";
  }
  return reason;
}

std::string floor_reason(const snapshot_row& row, const ranking_config& config) {
  const auto value = own_reliability(row, config);
  return (row.reliability ? "reliability " : "no reliability yet, and the default ") + text::shortest(value) +
         " is below the floor " + text::shortest(config.min_reliability) + " (FACTORY_MIN_RELIABILITY)";
}

fate_explanation left_out(const snapshot_row& row, const ranking_config& config, const ranking_request& request) {
  fate_explanation fate;
  fate.name = row.name;
  if (row.admission == admission_state::pending) {
    fate.fate = selection_fate::pending;
    fate.reason = "its admission is not decided yet";
  } else if (row.admission == admission_state::quarantined) {
    fate.fate = selection_fate::quarantined;
    fate.reason = "quarantined; `planguild describe " + row.name + "` shows the evidence";
  } else if (!row.error.empty()) {
    fate.fate = selection_fate::has_error;
    fate.reason = "could not be brought to life last time: " + row.error;
  } else {
    fate.fate = selection_fate::below_floor;
    fate.reason = floor_reason(row, config);
    fate.terms = score(row, config, request);  // what it would have, were it above the floor
  }
  return fate;
}

struct row_counts {
  std::size_t pending = 0;
  std::size_t quarantined = 0;
  std::size_t with_error = 0;
  std::size_t below_floor = 0;
  const snapshot_row* best_below_floor = nullptr;
};

row_counts count_rows(const snapshot& view) {
  row_counts counts;
  for (const auto& row : view.rows) {
    counts.pending += row.admission == admission_state::pending ? 1 : 0;
    counts.quarantined += row.admission == admission_state::quarantined ? 1 : 0;
    counts.with_error += row.admission == admission_state::admitted && !row.error.empty() ? 1 : 0;
    if (!row.is_active() || is_candidate(row, view.config)) {
      continue;
    }
    ++counts.below_floor;
    if (counts.best_below_floor == nullptr ||
        own_reliability(row, view.config) > own_reliability(*counts.best_below_floor, view.config)) {
      counts.best_below_floor = &row;
    }
  }
  return counts;
}

std::string nobody_active_text(const snapshot& view, const row_counts& counts) {
  if (view.rows.empty()) {
    return "no planner is known; put one under FACTORY_PLANNER_PATH and its name into FACTORY_ALLOWED_PLANNERS "
           "(`planguild discover` shows what was found and why it was left out)";
  }
  std::string message = "none of " + std::to_string(view.rows.size()) +
                        " known planners is active: " + std::to_string(counts.pending) + " pending, " +
                        std::to_string(counts.quarantined) + " quarantined, " + std::to_string(counts.with_error) +
                        " with an error; ";
  if (counts.pending > 0) {
    return message + "wait for the admissions";
  }
  const auto with_error =
      std::find_if(view.rows.begin(), view.rows.end(), [](const auto& row) { return !row.error.empty(); });
  if (with_error != view.rows.end()) {
    message += (*with_error).name + ": " + (*with_error).error + "; ";
  }
  return message + "`planguild describe NAME` shows the evidence, `planguild probe NAME` tries again";
}

}  // namespace

std::string decimals(double value, int digits) {
  std::array<char, 400> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
  return buffer.data();
}

std::string against(double first, double second) {
  for (const int digits : {3, 4, 6}) {
    auto left = decimals(first, digits);
    const auto right = decimals(second, digits);
    if (left != right) {
      return left.append(" against ").append(right);
    }
  }
  return text::shortest(first) + " against " + text::shortest(second);
}

failure nobody_to_select(const snapshot& view) {
  const auto counts = count_rows(view);
  if (counts.best_below_floor == nullptr) {
    return make_failure(failure_code::no_active_planner, nobody_active_text(view, counts));
  }
  const auto& best = *counts.best_below_floor;
  return make_failure(failure_code::no_candidate,
                      "no planner reaches the reliability floor: " + std::to_string(counts.below_floor) +
                          " active, the best is " + best.name + ": " + floor_reason(best, view.config) + "; " +
                          std::to_string(counts.pending) + " pending, " + std::to_string(counts.quarantined) +
                          " quarantined; set FACTORY_MIN_RELIABILITY to " +
                          text::shortest(lasting_floor(own_reliability(best, view.config))) + " or less");
}

std::vector<fate_explanation> explain(const snapshot& view, const ranking_request& request,
                                      const std::vector<score_terms>& ranked) {
  std::vector<fate_explanation> fates;
  fates.reserve(view.rows.size());
  for (const auto& terms : ranked) {
    fate_explanation fate;
    fate.name = terms.name;
    fate.terms = terms;
    if (fates.empty()) {
      fate.fate = selection_fate::chosen;
      fate.reason = ranked.size() == 1
                        ? "the only candidate, with " + decimals(terms.total, 3)
                        : "first of " + std::to_string(ranked.size()) + " candidates with " + decimals(terms.total, 3);
    } else {
      fate.fate = selection_fate::lost;
      fate.reason = lost_reason(terms, ranked.front(), view.config.tie_break);
    }
    fates.push_back(std::move(fate));
  }
  for (const auto& row : view.rows) {
    if (!is_candidate(row, view.config)) {
      fates.push_back(left_out(row, view.config, request));
    }
  }
  return fates;
}

std::optional<failure> add_explanation(const snapshot& view, const ranking_request& request,
                                       std::string_view flip_planner, const std::vector<score_terms>& ranked,
                                       selection& answer) {
  std::string_view name = flip_planner;
  if (name.empty() && ranked.size() > 1) {
    name = ranked[1].name;
  }
  if (!flip_planner.empty() &&
      std::none_of(view.rows.begin(), view.rows.end(), [&name](const auto& row) { return row.name == name; })) {
    const auto shown = scrubbed_label(name, limits::planner_name_bytes_max);
    return make_failure(failure_code::not_found,
                        "no planner called \"" + shown + "\" is known; `planguild list` shows those that are", shown,
                        "flip_planner");
  }
  answer.explanations = explain(view, request, ranked);
  answer.warnings = capability_warnings(view, request);
  if (!name.empty()) {
    answer.flip = smallest_flip(view, request, name);
  }
  return std::nullopt;
}

}  // namespace planguild
