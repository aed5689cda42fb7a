// A plan with everything, for the tests of its renderers. Test support; pure function.
#pragma once

#include "app/cli/plan_view.hpp"

namespace planguild::test {

inline plan_task task(std::string id, std::string title, std::string target, std::vector<std::string> depends_on,
                      task_risk risk, task_effort effort) {
  plan_task result;
  result.id = std::move(id);
  result.title = std::move(title);
  result.target = std::move(target);
  result.depends_on = std::move(depends_on);
  result.risk = risk;
  result.effort = effort;
  return result;
}

inline score_terms terms(std::string name, double tier, double index, double total) {
  score_terms result;
  result.name = std::move(name);
  result.capability_ratio = 1;
  result.capability_term = 0.6;
  result.reliability = result.own_reliability = 0.5;
  result.reliability_term = 0.175;
  result.production_term = 0.04;
  result.tier_term = tier;
  result.deep_boost = index;
  result.hotspot_boost = 0.03;
  result.total = total;
  return result;
}

/// The plan of the command's sample.
inline cli::plan_view sample_plan() {
  cli::plan_view view;
  view.objective = "Make the registry easier to change";
  view.context = {"/r", true, 168, 21'412, 0, 11, false, {}, {}, 0.31};
  view.planners = {2, 0, 0, {"llm_planner", "multi_pass_arch_planner"}, 0, 0.2};
  view.duration_s = 0.84;
  auto& reply = view.reply;
  reply.instance.name = "structural_planner";
  reply.instance.version = "1.0.0";
  reply.instance.process = 4'711;
  reply.instance.posture = {{{"landlock", layer_state::active, "abi 7"}, {"seccomp", layer_state::active, ""}},
                            {"no-host-reads", "no-host-writes", "no-network", "no-secrets"},
                            {}};
  auto& chosen = reply.selection.emplace();
  chosen.best = "structural_planner";
  chosen.score = 0.945;
  chosen.candidates_considered = 2;
  chosen.breakdown = {terms("structural_planner", 0.05, 0.05, 0.945), terms("risk_planner", 0, 0, 0.845)};
  chosen.explanations = {{"structural_planner", selection_fate::chosen, "best total: 0.945", chosen.breakdown[0]},
                         {"risk_planner", selection_fate::lost, "total 0.845 is 0.1 less", chosen.breakdown[1]},
                         {"odd_planner", selection_fate::below_floor, "reliability 0.2 is under 0.25", {}}};
  chosen.flip = flip_suggestion{"risk_planner", flip_kind::require_more, "risk", "--require risk",
                                "structural_planner does not offer \"risk\""};
  auto& made = reply.plan;
  made.objective = view.objective;
  made.tasks = {task("pin", "Pin equal scores with a test", "tests/registry/ranking_test.cpp", {}, task_risk::low,
                     task_effort::S),
                task("name", "Name the score terms", "messages/selection.hpp", {}, task_risk::low, task_effort::S),
                task("split", "Split scoring from filtering", "actors/registry/ranking.cpp", {"pin"}, task_risk::medium,
                     task_effort::M),
                task("move", "Move parsing to query", "actors/registry/query.cpp", {"split", "pin"}, task_risk::high,
                     task_effort::M)};
  made.tasks[0].description = "Two planners of one score must keep their order.";
  made.tasks[0].evidence = {{"actors/registry/ranking.cpp", 12, "sorts by total"}, {"", {}, "no test does"}};
  made.evidence = {{"", {}, "168 files were looked at"}};
  made.order = {"pin", "split", "name", "move"};
  made.critical_path = {"pin", "split", "move"};
  view.stopped = stop_report{1, 0, {}, true};
  return view;
}

}  // namespace planguild::test
