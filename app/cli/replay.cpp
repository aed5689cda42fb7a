// Reads a case leniently, ranks it with the production code, writes the answer. Any thread.
#include "app/cli/replay.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "actors/registry/ranking.hpp"
#include "app/cli/replay_compare.hpp"
#include "app/host/decision_line.hpp"
#include "messages/context.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

struct replay_case {
  snapshot view;
  select_request request;
  std::optional<std::int64_t> batch_count;
  std::set<std::string, std::less<>> without_tier;  // planners whose tier is null: it is shown as null again
};

failure refused(std::string_view path, std::string_view accepted) {
  return make_failure(failure_code::invalid_request, std::string{path} + " must be " + std::string{accepted}, {}, path);
}

/// The text is one line, so only the column tells where.
failure within_line(failure problem) {
  constexpr std::string_view always = "line 1, ";
  if (const auto at = problem.message.find(always); at != std::string::npos) problem.message.erase(at, always.size());
  return problem;
}

/// Of what every decision has: without it none would be taken, since nobody is there to choose from, or nobody asks.
failure lacking(std::string_view key) {
  return make_failure(failure_code::invalid_request, "no recorded decision: it has no \"" + std::string{key} + "\"", {},
                      key);
}

/// The member `key` of an object; nullptr if absent, null, or `object` is none.
const json* member(const json& object, std::string_view key) {
  if (!object.is_object()) {
    return nullptr;
  }
  const auto at = object.find(key);
  return at == object.end() || at->is_null() ? nullptr : &*at;
}

bool truthy(const json* value) {
  if (value == nullptr) {
    return false;
  }
  if (value->is_boolean()) {
    return value->get<bool>();
  }
  if (value->is_number()) {
    return value->get<double>() != 0;
  }
  const auto* text = value->get_ptr<const std::string*>();
  return text != nullptr ? !text->empty() : !value->empty();
}

/// Sets `into` from a number; absent or null leaves it. Returns the failure for anything else.
std::optional<failure> read_number(const json& object, std::string_view key, const std::string& path, double& into) {
  if (const auto* value = member(object, key)) {
    if (!value->is_number()) {
      return refused(path + "." + std::string{key}, "a number");
    }
    into = value->get<double>();
  }
  return std::nullopt;
}

std::optional<failure> read_integer(const json& object, std::string_view key, const std::string& path,
                                    std::int64_t& into) {
  if (const auto* value = member(object, key)) {
    if (!value->is_number()) {
      return refused(path + "." + std::string{key}, "a number");
    }
    into = lenient_integer(*value, into);
  }
  return std::nullopt;
}

std::vector<std::string> read_capabilities(const json* value) {
  std::vector<std::string> names;
  if (value == nullptr) {
    return names;
  }
  if (const auto* text = value->get_ptr<const std::string*>()) {
    names.push_back(*text);
  } else if (value->is_array()) {
    for (const auto& element : *value) {
      if (const auto* name = element.get_ptr<const std::string*>()) {
        names.push_back(*name);
      }
    }
  }
  return names;
}

std::optional<failure> read_config(const json& line, ranking_config& config) {
  const auto* given = member(line, "config");
  if (given == nullptr) {
    return std::nullopt;
  }
  if (!given->is_object()) {
    return refused("config", "an object");
  }
  for (const auto& [key, into] : {std::pair{"min_reliability", &config.min_reliability},
                                  std::pair{"default_reliability", &config.default_reliability},
                                  std::pair{"deep_index_cap_boost", &config.deep_index_cap_boost},
                                  std::pair{"hotspot_cap_boost", &config.hotspot_cap_boost}}) {
    if (auto problem = read_number(*given, key, "config", *into)) {
      return problem;
    }
  }
  if (auto problem = read_integer(*given, "hotspot_threshold", "config", config.hotspot_threshold)) {
    return problem;
  }
  if (const auto* rule = member(*given, "tie_break")) {
    const auto* text = rule->get_ptr<const std::string*>();
    if (text == nullptr || !from_string(*text, config.tie_break)) {
      return refused("config.tie_break", "name, newest or least_recent");
    }
  }
  return std::nullopt;
}

std::optional<failure> read_planner(const json& given, const std::string& path, snapshot_row& row) {
  const auto* name = member(given, "name");
  if (name == nullptr || !name->is_string()) {
    return refused(path + ".name", "a text");
  }
  row.name = name->get<std::string>();
  row.capabilities = text::capability_set(read_capabilities(member(given, "capabilities")));
  if (const auto* tier = member(given, "tier")) {
    row.tier = tier->is_string() ? tier->get<std::string>() : dump_json(*tier);
  }
  row.production_ready = truthy(member(given, "production_ready"));
  row.admission = truthy(member(given, "quarantined")) ? admission_state::quarantined : admission_state::admitted;
  if (const auto* admission = member(given, "admission")) {
    const auto* text = admission->get_ptr<const std::string*>();
    if (text == nullptr || !from_string(*text, row.admission)) {
      return refused(path + ".admission", "pending, admitted or quarantined");
    }
  }
  if (const auto* error = member(given, "error"); truthy(error)) {
    row.error = error->is_string() ? error->get<std::string>() : dump_json(*error);
  }
  if (const auto* score = member(given, "reliability_score")) {
    if (!score->is_number()) {
      return refused(path + ".reliability_score", "a number or null");
    }
    row.reliability = score->get<double>();
  }
  if (auto problem = read_integer(given, "entry_time_ns", path, row.entry_time_ns)) {
    return problem;
  }
  return read_integer(given, "selections", path, row.selections);
}

std::optional<failure> read_planners(const json& line, replay_case& into) {
  const auto* given = member(line, "planners");
  if (given == nullptr) {
    return lacking("planners");
  }
  if (!given->is_array() || given->size() > limits::planners_max) {
    return refused("planners", "a list of at most " + std::to_string(limits::planners_max) + " planners");
  }
  std::vector<snapshot_row> rows(given->size());
  for (std::size_t index = 0; index < given->size(); ++index) {
    auto& row = rows[index];
    if (auto problem = read_planner((*given)[index], "planners[" + std::to_string(index) + "]", row)) {
      return problem;
    }
    if (member((*given)[index], "tier") == nullptr) {
      into.without_tier.insert(row.name);
    }
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto twice =
      std::adjacent_find(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.name == b.name; });
  if (twice != rows.end()) {
    return refused("planners", "of different names; two are " + twice->name);
  }
  into.view.rows = std::move(rows);
  return std::nullopt;
}

std::optional<failure> read_request(const json& line, replay_case& into) {
  const auto* found = member(line, "request");
  if (found == nullptr) {
    return lacking("request");
  }
  const auto& given = *found;
  if (!given.is_object()) {
    return refused("request", "an object");
  }
  if (const auto* objective = member(given, "objective")) {
    if (!objective->is_string()) {
      return refused("request.objective", "a text");
    }
    into.request.objective = objective->get<std::string>();
  }
  into.request.required_capabilities = read_capabilities(member(given, "required_capabilities"));
  if (const auto* preference = member(given, "prefer_production")) {
    into.request.prefer_production = truthy(preference);
  }
  if (const auto* context = member(given, "deep_context")) {
    into.request.context = context_facts_of(*context);
  }
  const bool inside = member(given, "n") != nullptr;
  if (inside || member(line, "n") != nullptr) {
    std::int64_t count = 0;
    if (auto problem = read_integer(inside ? given : line, "n", inside ? "request" : "line", count)) {
      return problem;
    }
    into.batch_count = count;
  }
  return std::nullopt;
}

ordered_json profile_of(const select_request& request) {
  ordered_json profile;
  profile["objective_len"] = text::count_code_points(request.objective);
  profile["required_caps"] = text::capability_set(request.required_capabilities);
  profile["deep_index"] = request.context.deep_index;
  profile["hotspots"] = std::to_string(request.context.hotspots);
  return profile;
}

void add_failure(ordered_json& answer, const failure& problem) {
  answer["failure"]["code"] = to_string(problem.code);
  answer["failure"]["message"] = problem.message;
}

void answer_batch(const replay_case& given, ordered_json& answer) {
  const auto names = batch(given.view, given.request, *given.batch_count);
  if (names) {
    answer["names"] = names->names;
  } else {
    add_failure(answer, *names.error);
  }
}

void answer_selection(replay_case& given, ordered_json& answer) {
  given.request.top = given.view.rows.size();
  const auto chosen = select(given.view, given.request);
  if (!chosen) {
    add_failure(answer, *chosen.error);
    return;
  }
  answer["ranking"] = ordered_json::array();
  for (const auto& terms : chosen->breakdown) {
    answer["ranking"].push_back(decision_row(terms, !given.without_tier.contains(terms.name)));
  }
  answer["best"] = chosen->best;
  answer["candidates_considered"] = chosen->candidates_considered;
  answer["score"] = chosen->score;
  answer["profile"] = profile_of(given.request);
}

}  // namespace

outcome<replay_answer> replay_line(std::string_view line) {
  const auto parsed =
      parse_json(line, {limits::protocol_line_bytes_max, limits::protocol_depth_max}, failure_code::invalid_request);
  if (!parsed) {
    return within_line(*parsed.error);
  }
  if (!parsed->is_object()) {
    return refused("line", "an object");
  }
  replay_case given;
  for (auto problem :
       {read_config(*parsed, given.view.config), read_planners(*parsed, given), read_request(*parsed, given)}) {
    if (problem) {
      return std::move(*problem);
    }
  }
  ordered_json answer = ordered_json::object();
  if (const auto id = parsed->find("id"); id != parsed->end()) {
    answer["id"] = *id;
  }
  if (given.batch_count) {
    answer_batch(given, answer);
  } else {
    answer_selection(given, answer);
  }
  replay_answer result;
  result.line = dump_json(answer);
  result.compared = states_expectation(*parsed);
  if (result.compared) {
    result.differences = compare_replay(*parsed, json(answer));
  }
  return result;
}

}  // namespace planguild
