// The operations of lifecycle.json as messages to a real registry and profiler: see the header.
#include "tests/conformance/support/lifecycle_steps.hpp"

#include <cmath>

#include "messages/context.hpp"
#include "messages/text.hpp"

namespace planguild::conformance {
namespace {

using nlohmann::json;

constexpr std::int64_t patience_ms = 60'000;
constexpr std::int64_t settle_ms = 2;  // what an answer sets off is over then: scripted processes answer at once

select_request request_of(const json& arguments) {
  select_request request;
  request.objective = arguments.value("objective", std::string{});
  if (arguments.contains("required_capabilities") && arguments["required_capabilities"].is_array()) {
    for (const auto& capability : arguments["required_capabilities"]) {
      if (capability.is_string()) request.required_capabilities.push_back(capability.get<std::string>());
    }
  }
  request.prefer_production = arguments.value("prefer_production", true);
  request.context = context_facts_of(arguments.value("deep_context", json(nullptr)));
  return request;
}

json record_of(const planner_record& record) {
  const auto& history = record.reliability;
  return {{"name", record.name},
          {"capabilities", record.capabilities},
          {"tags", record.tags},
          {"tier", record.tier.empty() ? json(nullptr) : json(record.tier)},
          {"production_ready", record.production_ready},
          {"quarantined", record.admission == admission_state::quarantined},
          {"self_test_passed", record.self_test_passed ? json(*record.self_test_passed) : json(nullptr)},
          {"reliability_score", history.score ? json(*history.score) : json(nullptr)},
          {"total_invocations", history.invocations},
          {"total_failures", history.failures},
          {"avg_duration_ms", history.mean_duration_ms},
          {"instantiated", record.instance == instance_phase::running},
          {"error", record.error},
          {"doc_excerpt", record.description}};
}

std::size_t failed_modules(const std::vector<import_failure>& failures) {
  std::set<std::string> modules;
  for (const auto& each : failures) modules.insert(lifecycle_world::module_of(each.where));
  return modules.size();
}

bool is_active(const planner_record& record) {
  return record.admission == admission_state::admitted && record.error.empty();
}

}  // namespace

template <class Reply, class Request>
std::optional<Reply> lifecycle_steps::ask(Request request) {
  auto given = guild_.ask<Reply>(std::move(request));
  guild_.world.run();
  for (std::int64_t waited = 0; !given->has_value() && waited < patience_ms; ++waited) guild_.world.advance(1);
  return *given;
}

step_answer lifecycle_steps::failed(const failure& reason) {
  step_answer answer;
  switch (reason.code) {
    case failure_code::not_found:
    case failure_code::not_allowed:
      answer.raised = {"unknown_planner", "class_not_found"};
      break;
    case failure_code::quarantined: {
      // What a probe found is known before anybody asks: the evidence says what the data says on asking.
      answer.raised = {"quarantined"};
      const auto record = guild_.describe(reason.planner);
      if (record.evidence && record.evidence->code == failure_code::load_failed) {
        answer.raised = {"import_failed", "process_exit"};
      }
      break;
    }
    case failure_code::load_failed:
      answer.raised = {"import_failed", "process_exit"};
      break;
    case failure_code::start_failed:
      answer.raised = {"constructor_failed"};
      break;
    case failure_code::no_active_planner:
      answer.raised = {"no_active"};
      break;
    case failure_code::no_candidate:
      answer.raised = {"no_candidates"};
      break;
    default:
      answer.raised = {std::string{to_string(reason.code)} + ": " + reason.message};
      break;
  }
  return answer;
}

step_answer lifecycle_steps::run(const json& step) {
  const auto operation = step["op"].get<std::string>();
  const auto begun_ms = guild_.world.now_ms();
  auto answer = control(operation, step.value("args", json::object()));
  answer.took_ms = guild_.world.now_ms() - begun_ms;
  guild_.world.advance(settle_ms);
  for (const double each : step["expect"].value("slept", std::vector<double>{})) {
    data_elapsed_ms_ += std::llround(each * 1'000);
  }
  return answer;
}

/// The test's own controls of the world, and everything else.
step_answer lifecycle_steps::control(const std::string& operation, const json& arguments) {
  if (operation == "advance_clock") {
    advance_clock(arguments["seconds"].get<double>());
  } else if (operation == "add_module") {
    world_.add_module(arguments["module"]);
  } else if (operation == "remove_module") {
    world_.remove_module(arguments["module"].get<std::string>());
  } else if (operation == "touch_module") {
    world_.touch_module(arguments["module"].get<std::string>());
  } else if (operation == "set_module_import") {
    world_.set_module_import(arguments["module"].get<std::string>(), arguments["import"]);
  } else if (operation == "push_selection_profiles") {
    samples batch;
    for (std::uint64_t each = 0; each < arguments["count"].get<std::uint64_t>(); ++each) {
      selection_sample sample;
      sample.objective_len = arguments["first"].get<std::uint64_t>() + each;  // it carries the tag
      batch.selections.push_back(sample);
    }
    (void)guild_.world.ask<ack>(guild_.profiler, batch);
  } else if (operation == "select_name" || operation == "select" || operation == "batch" ||
             operation == "get_planner" || operation == "get_all_planners") {
    return choose(operation, arguments);
  } else if (operation == "self_heal" || operation == "reload" || operation == "discover" ||
             operation == "set_quarantine" || operation == "unquarantine" || operation == "set_max_profiles" ||
             operation == "update_reliability") {
    return operate(operation, arguments);
  } else if (operation != "refresh") {  // nothing to refresh: records are never behind
    return look(operation, arguments);
  }
  return {};
}

/// Moves the test clock to where the data's clock is, whose steps take no time.
void lifecycle_steps::advance_clock(double seconds) {
  data_elapsed_ms_ += std::llround(seconds * 1'000);
  const auto missing_ms = data_elapsed_ms_ - (guild_.world.now_ms() - begun_ms_);
  if (missing_ms > 0) guild_.world.advance(missing_ms);
}

step_answer lifecycle_steps::choose(const std::string& operation, const json& arguments) {
  step_answer answer;
  if (operation == "get_planner") {
    return get_planner(arguments["name"].get<std::string>(), arguments.value("auto_instantiate", true));
  }
  if (operation == "get_all_planners") {
    std::vector<std::string> names;
    for (const auto& record : list(arguments.value("include_quarantined", true)).planners) {
      names.push_back(record.name);
    }
    return get_all(names, arguments.value("auto_instantiate", true), true);
  }
  if (operation == "batch") {
    const auto given =
        ask<outcome<batch_selection>>(batch_select{request_of(arguments), arguments.value("n", std::int64_t{3})});
    if (!given || !*given) return failed(given ? *given->error : failure{});
    return get_all((*given)->names, arguments.value("auto_instantiate", false), false);
  }
  // Not a request's choice here but the configuration's.
  const bool heals = guild_.configuration.self_heal_on_empty;
  set_heal_on_empty(arguments.value("self_heal_on_empty", heals));
  const auto given = ask<outcome<selection>>(request_of(arguments));
  set_heal_on_empty(heals);
  if (!given || !*given) return failed(given ? *given->error : failure{});
  if (operation == "select" && arguments.value("auto_instantiate", true)) return get_planner((*given)->best, true);
  answer.result = (*given)->best;
  return answer;
}

void lifecycle_steps::set_heal_on_empty(bool on) {
  configure_request change;
  change.patch = {{"FACTORY_SELF_HEAL_ON_EMPTY", on ? "1" : "0"}};
  (void)ask<outcome<configure_report>>(change);
}

step_answer lifecycle_steps::get_planner(const std::string& name, bool construct) {
  step_answer answer;
  if (!construct) {
    const auto record = ask<outcome<planner_record>>(describe_request{name, true});
    if (!record || !*record) return failed(record ? *record->error : failure{});
    answer.result = (*record)->name;
    return answer;
  }
  if (world_.has_failing_constructors()) (void)list();  // discovers and probes first, if that has not happened
  world_.set_constructing(true);
  const auto handle = ask<outcome<planner_handle>>(acquire{name, acquire{}.timeout_ms, 0, {}});
  guild_.world.advance(settle_ms);
  world_.set_constructing(false);
  if (!handle || !*handle) return failed(handle ? *handle->error : failure{});
  answer.result = {{"planner", (*handle)->name}};
  answer.processes = {(*handle)->instance.process};
  return answer;
}

step_answer lifecycle_steps::get_all(const std::vector<std::string>& names, bool construct, bool skip_failures) {
  step_answer answer;
  answer.result = json::array();
  for (const auto& name : names) {
    if (!construct) {
      answer.result.push_back(name);
      continue;
    }
    const auto one = get_planner(name, true);
    if (one.raised.empty()) {
      answer.result.push_back(one.result);
      answer.processes.insert(answer.processes.end(), one.processes.begin(), one.processes.end());
    } else if (!skip_failures) {
      return one;
    }
  }
  return answer;
}

step_answer lifecycle_steps::operate(const std::string& operation, const json& arguments) {
  step_answer answer;
  if (operation == "self_heal") {
    heal_request request;
    request.force = arguments.value("force", true);
    request.max_attempts = arguments.value("max_attempts", request.max_attempts);
    request.cooldown_ms = std::llround(arguments.value("cooldown_seconds", 5.0) * 1'000);
    const auto given = ask<outcome<heal_report>>(request);
    if (!given || !*given) return failed(given ? *given->error : failure{});
    const heal_report& report = **given;
    answer.result = {{"before_active", report.before_active},
                     {"attempts", report.attempts},
                     {"after_active", report.after_active},
                     {"cooldown_skip", report.cooldown_skip}};
  } else if (operation == "reload") {
    (void)ask<outcome<reload_report>>(reload_request{true});
    guild_.world.advance(300);  // idle instances end within their shutdown time
  } else if (operation == "discover") {
    (void)ask<outcome<discovery_report>>(discover_request{arguments.value("force", false), true});
  } else if (operation == "set_quarantine" && arguments.value("value", true)) {
    (void)ask<outcome<planner_record>>(quarantine_request{arguments["planner"].get<std::string>(), "the data says so"});
  } else if (operation == "set_quarantine" || operation == "unquarantine") {
    const auto given =
        ask<outcome<planner_record>>(reinstate_request{arguments["planner"].get<std::string>(), "the data says so"});
    if (operation == "unquarantine") answer.result = given && *given;
  } else if (operation == "set_max_profiles") {
    configure_request change;
    change.patch = {{"FACTORY_MAX_PROFILES", std::to_string(arguments["value"].get<std::int64_t>())}};
    (void)ask<outcome<configure_report>>(change);
  } else {  // update_reliability
    invocation_outcome ended;
    ended.name = text::normalised(arguments["planner"].get<std::string>());
    const bool success = arguments["success"].get<bool>();
    ended.verdict = success ? invocation_verdict::success : invocation_verdict::failed;
    ended.code = success ? "ok" : "planner_error";
    if (arguments.contains("error") && arguments["error"].is_string()) ended.error = arguments["error"];
    ended.duration_s = arguments.value("duration_s", 0.0);
    (void)ask<ack>(ended);
  }
  return answer;
}

step_answer lifecycle_steps::look(const std::string& operation, const json& arguments) {
  step_answer answer;
  if (operation == "health_check") {
    const auto given = ask<outcome<health_report>>(health_request{arguments.value("min_required", std::uint64_t{1})});
    if (!given || !*given) return failed(given ? *given->error : failure{});
    const health_report& report = **given;
    answer.result = {{"ready", report.ready},
                     {"active", report.active},
                     {"quarantined", report.quarantined},
                     {"records", report.records},
                     {"import_failures", failed_modules(stats().import_failure_details)},
                     {"avg_reliability", report.mean_reliability ? json(*report.mean_reliability) : json(nullptr)},
                     {"min_reliability_filter", report.min_reliability},
                     {"suggestions", report.suggestions}};
  } else if (operation == "planner_stats") {
    const auto now = stats();
    answer.result = {{"discovered", now.discovered},
                     {"discovery_runs", now.runs},
                     {"discovery_signature", !now.signature.empty()},
                     {"active_count", now.active},
                     {"quarantined_count", now.quarantined},
                     {"instantiated_count", now.instantiated},
                     {"total_instantiations", now.total_instantiations},
                     {"import_failures", failed_modules(now.import_failure_details)},
                     {"archived_failures_count", now.archived_failures_count},
                     {"planner_record_count", now.records}};
  } else if (operation == "describe_planner") {
    const auto given = ask<outcome<planner_record>>(describe_request{arguments["name"].get<std::string>(), true});
    if (!given || !*given) return failed(given ? *given->error : failure{});
    answer.result = record_of(**given);
  } else if (operation == "selection_profiles" || operation == "instantiation_profiles") {
    return profiles(operation == "selection_profiles" ? sample_kind::selection : sample_kind::instantiation,
                    arguments.value("limit", std::int64_t{50}));
  } else if (operation == "diagnostics_report" || operation == "diagnostics_json") {
    return diagnostics(arguments.value("verbose", false));
  } else {
    const auto given = list(arguments.value("include_quarantined", operation != "list_planners"),
                            arguments.value("include_errors", operation != "list_planners"));
    json names = json::array();
    json live = json::array();
    for (const auto& record : given.planners) {
      const bool quarantined = record.admission == admission_state::quarantined;
      if (operation != "list_quarantined" || quarantined) names.push_back(record.name);
      if (is_active(record)) live.push_back(record.name);
    }
    answer.result = operation == "registry" ? json{{"registered", names}, {"live", live}} : names;
  }
  return answer;
}

step_answer lifecycle_steps::diagnostics(bool verbose) {
  step_answer answer;
  (void)list();  // as the data does: discovers and judges first
  const auto given = ask<outcome<diagnostics_report>>(diagnostics_request{verbose});
  if (!given || !*given) return failed(given ? *given->error : failure{});
  const diagnostics_report& report = **given;
  json active = json::array();
  json records = json::array();
  for (const auto& record : report.planners) {
    if (is_active(record)) active.push_back(record.name);
    records.push_back(record_of(record));
  }
  answer.result = {{"active", active},
                   {"records", records},
                   {"import_failures", failed_modules(report.stats.import_failure_details)},
                   {"selection_profiles_count", report.profile.selection.counted},
                   {"instantiation_profiles_count", report.profile.instantiation.counted}};
  return answer;
}

step_answer lifecycle_steps::profiles(sample_kind kind, std::int64_t limit) {
  step_answer answer;
  answer.result = json::array();
  const auto given = ask<outcome<profile_report>>(profiles_request{kind, limit});
  if (!given || !*given) return failed(given ? *given->error : failure{});
  for (const auto& sample : (*given)->kept.selections) {
    answer.result.push_back({{"tag", sample.objective_len},
                             {"objective_len", sample.objective_len},
                             {"required_caps", sample.required_caps},
                             {"best", sample.best},
                             {"score", sample.score},
                             {"candidates_considered", sample.candidates_considered},
                             {"deep_index", sample.deep_index},
                             {"hotspots", sample.hotspots}});
  }
  for (const auto& sample : (*given)->kept.instantiations) answer.result.push_back({{"name", sample.name}});
  return answer;
}

planner_list lifecycle_steps::list(bool quarantined, bool errors) {
  const auto given = ask<outcome<planner_list>>(list_request{quarantined, errors, true});
  return given && *given ? **given : planner_list{};
}

stats_report lifecycle_steps::stats() {
  const auto given = ask<outcome<stats_report>>(stats_request{});
  return given && *given ? **given : stats_report{};
}

json lifecycle_steps::state() {
  const auto now = stats();
  json state = {{"discovered", now.discovered},
                {"discovery_runs", now.runs},
                {"signature_set", !now.signature.empty()},
                {"signature", now.signature},
                {"total_instantiations", now.total_instantiations},
                {"import_failures", failed_modules(now.import_failure_details)},
                {"archived_failures_count", now.archived_failures_count},
                {"selection_profiles", profiles(sample_kind::selection, 1'000'000).result.size()},
                {"instantiation_profiles", profiles(sample_kind::instantiation, 1'000'000).result.size()}};
  for (const auto* key : {"active", "records", "quarantined", "instantiated"}) state[key] = json::array();
  if (!now.discovered) return state;  // a list would discover
  for (const auto& record : list().planners) {
    state["records"].push_back(record.name);
    if (is_active(record)) state["active"].push_back(record.name);
    if (record.admission == admission_state::quarantined) state["quarantined"].push_back(record.name);
    if (record.instance == instance_phase::running) state["instantiated"].push_back(record.name);
  }
  return state;
}

}  // namespace planguild::conformance
