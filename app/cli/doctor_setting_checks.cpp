// Doctor's findings about settings that do nothing, too little or too much for the planners that are there: grants that
// nobody uses, requests that nobody granted, and a floor that nobody reaches. Owned by the command; pure functions, any
// thread.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "actors/registry/reliability.hpp"
#include "app/cli/doctor_report.hpp"
#include "messages/grants.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

/// Each of `granted` by itself, as FACTORY_GRANTS writes it after the name.
std::vector<std::pair<std::string, planner_permissions>> single_grants(const planner_permissions& granted) {
  std::vector<std::pair<std::string, planner_permissions>> singles;
  singles.reserve(granted.network.size() + granted.read.size() + granted.write.size());
  for (const auto port : granted.network) singles.push_back({"network=" + std::to_string(port), {{port}, {}, {}}});
  for (const auto& path : granted.read) singles.push_back({"read=" + path, {{}, {path}, {}}});
  for (const auto& path : granted.write) singles.push_back({"write=" + path, {{}, {}, {path}}});
  return singles;
}

/// What an operator wrote, without the secrets in it.
std::string shown(const std::string& text) {
  return scrub(text, {.hide_paths = false});
}

void examine_grants(const planner_grants& grants, const planner_list& planners, report_maker& report) {
  const auto record = std::find_if(planners.planners.begin(), planners.planners.end(),
                                   [&](const auto& each) { return each.name == grants.name; });
  if (record == planners.planners.end()) {
    report.add(doctor_severity::note,
               "FACTORY_GRANTS grants something to " + shown(grants.name) + ", which is no known planner",
               "planguild list names the planners that are");
    return;
  }
  for (const auto& [text, permissions] : single_grants(grants.permissions)) {
    if (effective_grants(record->requested, permissions) != planner_permissions{}) continue;
    report.add(doctor_severity::warning,
               "FACTORY_GRANTS grants " + shown(text) + " to " + grants.name +
                   ", which does not request it and does not get it",
               "take it out of FACTORY_GRANTS, or request it in `permissions` of " + record->where);
  }
}

/// Whoever reads the report may mean it so. The line that grants it is describe's: those of several planners in one
/// report would each replace the others.
void examine_request(const planner_record& record, report_maker& report) {
  std::vector<std::string> missing;
  for (auto& [text, permissions] : single_grants(ungranted(record.requested, record.granted))) missing.push_back(text);
  if (missing.empty()) return;
  report.add(doctor_severity::note,
             record.name + " requests " + shown(text::join(missing, ", ")) + ", which is not granted",
             record.grants_needed.empty() ? "" : "planguild describe " + record.name);
}

void examine_floor(const doctor_facts& facts, report_maker& report) {
  const auto& settings = facts.configuration.value;
  double best = -1;
  for (const auto& record : facts.planners->planners) {
    const bool is_active = record.admission == admission_state::admitted && record.error.empty();
    if (is_active) best = std::max(best, record.reliability.score.value_or(settings.default_reliability));
  }
  if (best < 0 || best >= settings.min_reliability) return;
  report.add(
      doctor_severity::error,
      "no active planner reaches the floor FACTORY_MIN_RELIABILITY = " + text::shortest(settings.min_reliability) +
          " (the best has " + text::shortest(best) + "): none can be chosen",
      "export FACTORY_MIN_RELIABILITY=" + text::shortest(lasting_floor(best)));
}

}  // namespace

void examine_settings(const doctor_facts& facts, report_maker& report) {
  for (const auto& grants : facts.configuration.value.grants) examine_grants(grants, *facts.planners, report);
  if (facts.configuration.value.sandbox.mode != sandbox_mode::off) {  // else grants decide nothing
    for (const auto& record : facts.planners->planners) examine_request(record, report);
  }
  examine_floor(facts, report);
}

}  // namespace planguild::cli
