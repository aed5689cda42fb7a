// A decision as a line. Pure functions, any thread.
#include "app/host/decision_line.hpp"

#include <nlohmann/json.hpp>

#include "actors/registry/ranking.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

using nlohmann::ordered_json;

ordered_json recorded_config(const ranking_config& config) {
  ordered_json object;
  object["min_reliability"] = config.min_reliability;
  object["default_reliability"] = config.default_reliability;
  object["deep_index_cap_boost"] = config.deep_index_cap_boost;
  object["hotspot_cap_boost"] = config.hotspot_cap_boost;
  object["hotspot_threshold"] = config.hotspot_threshold;
  object["tie_break"] = to_string(config.tie_break);
  return object;
}

ordered_json recorded_planner(const snapshot_row& row) {
  ordered_json object;
  object["name"] = row.name;
  object["capabilities"] = row.capabilities;
  object["tier"] = row.tier;
  object["production_ready"] = row.production_ready;
  object["quarantined"] = row.admission == admission_state::quarantined;
  if (row.admission == admission_state::pending) {
    object["admission"] = to_string(row.admission);
  }
  object["error"] = row.error.empty() ? ordered_json(nullptr) : ordered_json(row.error);
  object["reliability_score"] = row.reliability ? ordered_json(*row.reliability) : ordered_json(nullptr);
  object["entry_time_ns"] = row.entry_time_ns;
  object["selections"] = row.selections;
  return object;
}

ordered_json recorded_request(const select_request& request) {
  ordered_json object;
  object["objective"] = scrub(request.objective, {.hide_paths = false, .bytes_max = 2 * limits::objective_bytes_max});
  object["required_capabilities"] = ordered_json::array();
  for (const auto& typed : request.required_capabilities) {
    object["required_capabilities"].push_back(scrub(typed, {.hide_paths = false}));
  }
  object["prefer_production"] = request.prefer_production;
  object["deep_context"] = nullptr;
  if (request.context.is_given()) {
    object["deep_context"] = ordered_json::object();
    object["deep_context"]["deep_index_summary"] = request.context.deep_index;
    object["deep_context"]["hotspots_count"] = request.context.hotspots;
  }
  return object;
}

/// Failures that ranking itself gives, so that replaying gives them again.
bool comes_from_ranking(failure_code code) {
  return code == failure_code::no_active_planner || code == failure_code::no_candidate ||
         code == failure_code::limit_exceeded;
}

}  // namespace

nlohmann::ordered_json decision_row(const score_terms& terms, bool has_tier) {
  ordered_json row;
  row["name"] = terms.name;
  row["base_score"] = base_score(terms);
  row["cap_ratio"] = text::rounded(terms.capability_ratio, 4);
  row["cap_ratio_exact"] = terms.capability_ratio;
  row["reliability"] = terms.reliability;
  row["tier"] = has_tier ? ordered_json(terms.tier) : ordered_json(nullptr);
  row["production_ready"] = terms.production_ready;
  row["deep_boost"] = terms.deep_boost;
  row["hotspot_boost"] = terms.hotspot_boost;
  row["total_score"] = terms.total;
  return row;
}

outcome<std::string> decision_line(const snapshot& view, const select_request& request,
                                   const outcome<selection>& answer) {
  ordered_json line;
  line["config"] = recorded_config(view.config);
  line["planners"] = ordered_json::array();
  for (const auto& row : view.rows) {
    line["planners"].push_back(recorded_planner(row));
  }
  line["request"] = recorded_request(request);
  if (answer) {
    auto& expected = line["expected"];
    expected["ranking"] = ordered_json::array();
    for (const auto& terms : answer->breakdown) {
      expected["ranking"].push_back(decision_row(terms, true));
    }
    expected["best"] = answer->best;
    expected["candidates_considered"] = answer->candidates_considered;
    expected["score"] = answer->score;
  } else if (comes_from_ranking(answer.error->code)) {
    line["expected_error"] = to_string(answer.error->code);
  }
  auto text = dump_json(line);
  if (text.size() > limits::protocol_line_bytes_max) {
    return make_failure(failure_code::limit_exceeded, "the recorded line would have " + std::to_string(text.size()) +
                                                          " bytes; protocol_line_bytes_max is " +
                                                          std::to_string(limits::protocol_line_bytes_max));
  }
  return text;
}

}  // namespace planguild
