// What a selection is asked and answers, with every term of every score. Pure values, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/failure.hpp"
#include "messages/fields.hpp"

namespace planguild {

/// What ranking needs of a deep context; made once, at the edge, by `context_facts_of` (messages/context.hpp).
struct context_facts {
  bool deep_index = false;    // `deep_index_summary` is truthy
  std::int64_t hotspots = 0;  // `hotspots_count`, leniently an integer, saturated at 64 bits
  bool given =
      false;  // a context that is not empty; implied by the other two, so it matters only where both say nothing
  /// Without a context no boost is given, even if 0 hotspots are above a negative threshold.
  bool is_given() const noexcept { return given || deep_index || hotspots != 0; }
  bool operator==(const context_facts&) const = default;
};
PLANGUILD_FIELDS(context_facts, deep_index, hotspots, given);

/// Host to registry: which planner for this objective, and why.
struct select_request {
  std::string objective;
  std::vector<std::string> required_capabilities;  // any case, any order; blanks are dropped
  bool prefer_production = true;
  context_facts context;
  std::uint64_t top = 16;    // rows of the breakdown; the number of candidates is always told
  bool explain = false;      // also say why every other planner lost or was left out, and what would flip the choice
  std::string flip_planner;  // for whom `flips` is computed; empty: the runner-up
  std::int64_t timeout_ms = 30'000;  // of waiting for the first discovery and its admissions
  bool operator==(const select_request&) const = default;
};
PLANGUILD_FIELDS(select_request, objective, required_capabilities, prefer_production, context, top, explain,
                 flip_planner, timeout_ms);

/// One candidate's score. `total` is the contract's order of operations; the terms are what it was made of.
struct score_terms {
  std::string name;
  double capability_ratio = 0;  // |required and offered| / |required|
  double capability_term = 0;   // ratio * 0.6
  double reliability = 0;       // after the 0.97 of a planner that is not production-ready
  double reliability_term = 0;  // reliability * 0.35
  double own_reliability = 0;   // before the 0.97; the first tie-break
  double production_term = 0;   // 0.04 or 0
  double tier_term = 0;         // -0.05 … 0.08
  double deep_boost = 0;
  double hotspot_boost = 0;
  double total = 0;
  std::string tier;  // as the manifest gives it
  bool production_ready = false;
  bool operator==(const score_terms&) const = default;
};
PLANGUILD_FIELDS(score_terms, name, capability_ratio, capability_term, reliability, reliability_term, own_reliability,
                 production_term, tier_term, deep_boost, hotspot_boost, total, tier, production_ready);

/// What became of one record in a selection.
enum class selection_fate : std::uint8_t { chosen, lost, below_floor, pending, quarantined, has_error };
PLANGUILD_ENUM(selection_fate, chosen, lost, below_floor, pending, quarantined, has_error);

struct fate_explanation {
  std::string name;
  selection_fate fate = selection_fate::lost;
  std::string reason;                // one sentence with the decisive numbers
  std::optional<score_terms> terms;  // none for what is not active
  bool operator==(const fate_explanation&) const = default;
};
PLANGUILD_FIELDS(fate_explanation, name, fate, reason, terms);

/// What kind of change would make a planner win; tried in this order.
enum class flip_kind : std::uint8_t {
  require_more,       // require one more capability
  require_fewer,      // require one fewer
  prefer_production,  // turn prefer_production over
  reliability,        // the planner's reliability
  tier,
  production_ready,
  offer_capability,  // the planner offers one more capability
};
PLANGUILD_ENUM(flip_kind, require_more, require_fewer, prefer_production, reliability, tier, production_ready,
               offer_capability);

/// The smallest change that makes `planner` win, verified by ranking again.
struct flip_suggestion {
  std::string planner;
  flip_kind kind = flip_kind::require_more;
  std::string value;    // the capability, the number (4 decimals), the tier, or true/false
  std::string command;  // what to type, where a flag does it; empty where the record would have to change
  std::string reason;   // one sentence
  bool operator==(const flip_suggestion&) const = default;
};
PLANGUILD_FIELDS(flip_suggestion, planner, kind, value, command, reason);

/// Registry to host: the choice and why.
struct selection {
  std::string best;
  double score = 0;
  std::uint64_t candidates_considered = 0;
  std::vector<score_terms> breakdown;          // best first, at most `top` rows
  std::vector<fate_explanation> explanations;  // with `explain`: every record, by rank, then the left-out ones by name
  std::optional<flip_suggestion> flip;         // with `explain`: none if no single change does it
  std::uint64_t snapshot_version = 0;
  std::vector<std::string> warnings;  // with `explain`: required capabilities that nobody offers; sentences
  bool operator==(const selection&) const = default;
};
PLANGUILD_FIELDS(selection, best, score, candidates_considered, breakdown, explanations, flip, snapshot_version,
                 warnings);

/// Host to registry: the names of the first `count` planners for this request. Nobody to return is an empty list.
struct batch_select {
  select_request request;
  std::int64_t count = 1;
  bool operator==(const batch_select&) const = default;
};
PLANGUILD_FIELDS(batch_select, request, count);

/// Host to registry: many selections in one message, answered in order, all on the same snapshot if nothing changes
/// between them. At most limits::selections_per_message_max.
struct select_many {
  std::vector<select_request> requests;
  std::int64_t timeout_ms = 30'000;  // of waiting for the first discovery and its admissions; those inside are ignored
  bool operator==(const select_many&) const = default;
};
PLANGUILD_FIELDS(select_many, requests, timeout_ms);

struct many_selections {
  std::vector<outcome<selection>> answers;  // one for each request, in their order
  bool operator==(const many_selections&) const = default;
};
PLANGUILD_FIELDS(many_selections, answers);

struct batch_selection {
  std::vector<std::string> names;
  bool operator==(const batch_selection&) const = default;
};
PLANGUILD_FIELDS(batch_selection, names);

}  // namespace planguild
