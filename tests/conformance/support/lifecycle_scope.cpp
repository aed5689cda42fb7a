// Which cases of lifecycle.json have a counterpart here. Pure functions, any thread.
#include "tests/conformance/support/lifecycle_scope.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "messages/text.hpp"

namespace planguild::conformance {
namespace {

using nlohmann::json;

constexpr auto not_imported = "an active planner's module was not imported yet: the data knows only its name";

const std::set<std::string>& known_operations() {
  static const std::set<std::string> names = {"discover",
                                              "refresh",
                                              "list_planners",
                                              "list_quarantined",
                                              "get_planner",
                                              "select_name",
                                              "select",
                                              "get_all_planners",
                                              "batch",
                                              "self_heal",
                                              "health_check",
                                              "planner_stats",
                                              "reload",
                                              "registry",
                                              "diagnostics_report",
                                              "diagnostics_json",
                                              "advance_clock",
                                              "describe_planner",
                                              "selection_profiles",
                                              "instantiation_profiles",
                                              "touch_module",
                                              "add_module",
                                              "remove_module",
                                              "set_module_import",
                                              "set_quarantine",
                                              "unquarantine",
                                              "update_reliability",
                                              "push_selection_profiles",
                                              "set_max_profiles"};
  return names;
}

/// Operations whose answers need only the names of planners, so that it does not matter what else the data knows.
bool needs_names_only(const std::string& operation) {
  static const std::set<std::string> names = {"discover",     "refresh",    "list_planners", "planner_stats", "reload",
                                              "touch_module", "add_module", "remove_module", "advance_clock"};
  return names.contains(operation);
}

/// Planner name to the module that registers it.
using owners = std::map<std::string, std::string>;

void note_module(const json& module, owners& known) {
  for (const auto& planner : module.value("registers", json::array())) {
    if (planner.contains("name") && planner["name"].is_string()) {
      known[text::normalised(planner["name"].get<std::string>())] = module.value("module", std::string{});
    }
  }
}

/// The names that `step` says are active; a list of names is one, too.
std::vector<std::string> active_names(const json& step) {
  const auto& expect = step["expect"];
  std::vector<std::string> names;
  if (expect.contains("state")) names = expect["state"].value("active", names);
  if (step["op"] == "list_planners" && expect.contains("result")) {
    for (const auto& name : expect["result"]) names.push_back(name.get<std::string>());
  }
  return names;
}

std::string why_not_operation(const json& step) {
  const auto operation = step["op"].get<std::string>();
  if (operation == "inject_record")
    return "a record is made from manifest, verdict and reliability: nothing injects one";
  if (!known_operations().contains(operation)) return "no counterpart of the operation " + operation;
  const auto arguments = step.value("args", json::object());
  if (operation == "discover" && arguments.contains("package")) return "discover has no other package than the roots";
  return {};
}

}  // namespace

std::string out_of_scope(const json& one) {
  owners known;
  bool names_only = true;
  for (const auto& module : one["world"]["modules"]) note_module(module, known);
  for (const auto& step : one["steps"]) {
    if (auto reason = why_not_operation(step); !reason.empty()) return reason;
    names_only = names_only && needs_names_only(step["op"].get<std::string>());
  }
  for (const auto& step : one["steps"]) {
    if (step["op"] == "add_module") note_module(step["args"]["module"], known);
    const auto state = step["expect"].value("state", json::object());
    const auto imports = state.value("imports", std::vector<std::string>{});
    for (const auto& name : active_names(step)) {
      const auto owner = known.find(name);
      if (owner == known.end()) return not_imported;
      const bool imported = std::find(imports.begin(), imports.end(), owner->second) != imports.end();
      if (!imported && !names_only && state.contains("imports")) return not_imported;
    }
  }
  return {};
}

}  // namespace planguild::conformance
