// A plan as text.
#include "app/cli/plan_text.hpp"

#include <catch2/catch.hpp>

#include "app/cli/selection_text.hpp"
#include "tests/app/cli/plan_fixture.hpp"

using namespace planguild;
using namespace planguild::cli;
using planguild::test::sample_plan;

namespace {

constexpr const char* sample_text =
    "repository  168 files, 21,412 lines, 0 import cycles, 11 hotspots          0.3 s\n"
    "planners    2 admitted, 0 quarantined, 2 allowed but not installed         0.2 s\n"
    "\n"
    "chosen      structural_planner 1.0.0\n"
    "            match  reliability  ready   tier  index  hotspots   total\n"
    "structural  0.600        0.175  0.040  0.050  0.050     0.030   0.945  chosen\n"
    "risk        0.600        0.175  0.040  0.000  0.000     0.030   0.845\n"
    "to flip     --require risk   (structural_planner does not offer \"risk\")\n"
    "sandbox     no-host-reads, no-host-writes, no-network, no-secrets\n"
    "\n"
    "plan        4 tasks; ids, dependencies, cycles and files checked           0.8 s\n"
    " 1  S  low   Pin equal scores with a test  tests/registry/ranking_test.cpp\n"
    " 2  M  med   Split scoring from filtering  actors/registry/ranking.cpp      <1\n"
    " 3  S  low   Name the score terms          messages/selection.hpp\n"
    " 4  M  high  Move parsing to query         actors/registry/query.cpp        <1,2\n"
    "critical    1 > 2 > 4\n"
    "stopped     1 worker ended, 0 processes left\n";

}  // namespace

TEST_CASE("A plan as text reads like the sample") {
  CHECK(plan_text(sample_plan(), {100, false}) == sample_text);
}

TEST_CASE("Explaining adds every planner's fate and each task's evidence") {
  auto view = sample_plan();
  view.explain = true;
  const auto text = plan_text(view, {100, false});
  CHECK(text.find("every planner\n"
                  "structural_planner  chosen       best total: 0.945\n"
                  "risk_planner        lost         total 0.845 is 0.1 less\n"
                  "odd_planner         below floor  reliability 0.2 is under 0.25\n") != std::string::npos);
  CHECK(text.find("       Two planners of one score must keep their order.\n"
                  "       - actors/registry/ranking.cpp:12  sorts by total\n"
                  "       - no test does\n") != std::string::npos);
  CHECK(text.find("evidence    168 files were looked at\n") != std::string::npos);
}

TEST_CASE("A long name among the fates is cut on a terminal alone") {
  auto view = sample_plan();
  view.explain = true;
  const std::string name(60, 'n');
  view.reply.selection->explanations.back().name = name;
  CHECK(plan_text(view, {100, false}).find(name) == std::string::npos);
  CHECK(plan_text(view, {100, false, false}).find("\n" + name + "  below floor  ") != std::string::npos);
}

TEST_CASE("A plan without tasks says that there is nothing to do, and why") {
  auto view = sample_plan();
  view.reply.plan.tasks.clear();
  view.reply.plan.order.clear();
  view.reply.plan.critical_path.clear();
  const auto text = plan_text(view, {100, false});
  CHECK(text.find("plan        nothing to do; ids,") != std::string::npos);
  CHECK(text.find("evidence    168 files were looked at\nstopped") != std::string::npos);
  CHECK(text.find("critical") == std::string::npos);
}

TEST_CASE("Without a repository, with a given context, and with a named planner the plan says so") {
  auto view = sample_plan();
  view.context = {};
  view.reply.selection.reset();
  auto text = plan_text(view, {100, false});
  CHECK(text.find("repository  none: without --repo DIR planners see no files\n") == 0);
  CHECK(text.find("planner     structural_planner 1.0.0, as asked for; nothing was ranked\n") != std::string::npos);
  view.context.given_in = "context.json";
  view.context.repository = "/r";
  view.context.hotspots = 3;
  text = plan_text(view, {100, false});
  CHECK(text.find("repository  /r, not indexed\ncontext     from context.json, 3 hotspots\n") == 0);
}

TEST_CASE("What a planner sends cannot move the cursor") {
  auto view = sample_plan();
  view.explain = true;
  view.reply.plan.tasks[0].title = "\x1b[2Jgone\nnext";
  view.reply.plan.tasks[0].target = "a\rb";
  view.reply.plan.tasks[0].evidence[0].text = "\x1b]0;title\x07";
  view.reply.instance.version = "1\x1b[31m";
  const auto text = plan_text(view, {100, false});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\r') == std::string::npos);
  CHECK(text.find('\x07') == std::string::npos);
  CHECK(text.find("\\x1b[2Jgone\\nnext") != std::string::npos);
}

TEST_CASE("Every line fits the terminal") {
  auto view = sample_plan();
  view.explain = true;
  for (auto& each : view.reply.plan.tasks) {
    each.title += std::string(200, 'x');
    each.target = "folder/" + std::string(200, 'y') + "/file.cpp";
  }
  view.reply.plan.tasks[0].title = std::string(300, 'x') + "日本語";
  for (const std::size_t columns : {80U, 100U, 120U}) {
    const auto text = plan_text(view, {columns, false});
    for (std::size_t begin = 0; begin < text.size();) {
      const auto end = text.find('\n', begin);
      INFO(text.substr(begin, end - begin));
      CHECK(display_width(std::string_view{text}.substr(begin, end - begin)) <= columns);
      begin = end + 1;
    }
  }
}

TEST_CASE("What was still alive and what may be lost is said") {
  auto view = sample_plan();
  view.stopped = stop_report{2, 1, {"odd_planner"}, false};
  const auto text = plan_text(view, {120, false});
  CHECK(text.find("stopped     2 workers ended, 1 process left; still alive: odd_planner; "
                  "what was to be remembered may be lost\n") != std::string::npos);
}

TEST_CASE("After a fallback only the planner whose plan it is counts as chosen, and the failed one says why") {
  auto view = sample_plan();
  view.explain = true;
  view.reply.instance.name = "risk_planner";
  view.reply.attempts = {
      {"structural_planner", failure{failure_code::planner_crashed, "The planner exited with code 9.", {}, {}}, 5},
      {"risk_planner", {}, 7}};
  const auto text = plan_text(view, {100, false});
  CHECK(text.find("chosen      risk_planner 1.0.0\n") != std::string::npos);
  CHECK(text.find("structural  0.600        0.175  0.040  0.050  0.050     0.030   0.945  failed\n") !=
        std::string::npos);
  CHECK(text.find("risk        0.600        0.175  0.040  0.000  0.000     0.030   0.845  chosen\n") !=
        std::string::npos);
  CHECK(text.find("failed      structural_planner: planner_crashed: The planner exited with code 9.\n") !=
        std::string::npos);
  CHECK(text.find("structural_planner  failed       best total: 0.945\n") != std::string::npos);
  CHECK(text.find("risk_planner        chosen       total 0.845 is 0.1 less\n") != std::string::npos);
}

TEST_CASE("An explained choice that nothing flips says so, and whom that is about") {
  auto chosen = *sample_plan().reply.selection;
  const text_style style{100, false};
  chosen.flip.reset();
  CHECK(flip_text(chosen, "", style) == "to flip     no single change would make risk_planner win\n");
  CHECK(flip_text(chosen, "Odd_Planner", style) == "to flip     no single change would make odd_planner win\n");
  CHECK(flip_text(chosen, "structural_planner", style) == "to flip     nothing: structural_planner wins already\n");
  chosen.explanations[2].fate = selection_fate::quarantined;
  CHECK(flip_text(chosen, "odd_planner", style) ==
        "to flip     no single change would make odd_planner win while it is no candidate: reliability 0.2 is\n"
        "            under 0.25\n");
  chosen.explanations.resize(1);
  CHECK(flip_text(chosen, "", style) == "to flip     nothing: there is no other candidate\n");
  chosen.explanations.clear();
  CHECK(flip_text(chosen, "", style).empty());
}

TEST_CASE("Warnings about the request stand below the table") {
  auto chosen = *sample_plan().reply.selection;
  chosen.warnings = {"no known planner offers \"structurall\", so it adds nothing to any match"};
  CHECK(ranking_text(chosen, {chosen.best, {}}, {100, false})
            .ends_with("warning     no known planner offers \"structurall\", so it adds nothing to any match\n"));
}

TEST_CASE("Two planners that would share a short name keep their long ones") {
  auto view = sample_plan();
  view.reply.selection->breakdown[1].name = "structural";
  const auto text = ranking_text(*view.reply.selection, {}, {100, false});
  CHECK(text.find("\nstructural_planner  ") != std::string::npos);
  CHECK(text.find("\nstructural          ") != std::string::npos);
}

TEST_CASE("A selection says what was left out of the table and who is not installed") {
  selection_view view;
  view.planners = sample_plan().planners;
  view.selection = *sample_plan().reply.selection;
  view.selection.breakdown.resize(1);
  view.selection.candidates_considered = 5;
  view.selection.flip->command.clear();
  view.explain = true;
  const auto text = selection_text(view, {100, false});
  CHECK(text.find("            and 4 planners below\n") != std::string::npos);
  CHECK(text.find("to flip     structural_planner does not offer \"risk\"\n") != std::string::npos);
  CHECK(text.find("allowed     but not installed: llm_planner, multi_pass_arch_planner\n") != std::string::npos);
}

TEST_CASE("Names of the allowlist that are nowhere found are counted as not installed") {
  planner_list list;
  list.planners.resize(2);
  list.planners[0].name = "risk_planner";
  list.planners[0].admission = admission_state::admitted;
  list.planners[1].name = "odd";
  list.planners[1].admission = admission_state::quarantined;
  list.skipped.push_back({"blocked_planner", skip_reason::blocked, ""});
  const auto counts = count_planners(list, {"Risk_Planner", "blocked_planner", "llm_planner"});
  CHECK(counts.admitted == 1);
  CHECK(counts.quarantined == 1);
  CHECK(counts.not_installed == std::vector<std::string>{"llm_planner"});
  CHECK(count_planners(list, {"*"}).not_installed.empty());
}

TEST_CASE("Tasks that the order leaves out come last, and unknown dependencies are left out") {
  auto made = sample_plan().reply.plan;
  made.order = {"move", "nobody", "move"};
  CHECK(ordered_tasks(made) == std::vector<std::size_t>{3, 0, 1, 2});
  CHECK(task_numbers(made) == std::vector<std::size_t>{2, 3, 4, 1});
  CHECK(numbers_of(made, {"pin", "nobody", "move"}, task_numbers(made)) == std::vector<std::size_t>{1, 2});
}

TEST_CASE(
    "A plan that was made with less than everything says what is missing and the setting, and so does one without") {
  auto view = sample_plan();
  view.policy.mode = sandbox_mode::best;
  CHECK(plan_text(view, {100, false})
            .find("sandbox     no-host-reads, no-host-writes, no-network, no-secrets "
                  "(FACTORY_SANDBOX=best)\n") != std::string::npos);
  auto& posture = view.reply.instance.posture;
  posture.holds = {"no-network"};
  posture.missing = {"no-host-reads", "no-host-writes", "no-secrets"};
  view.policy = {sandbox_mode::require, {"no-network"}};
  CHECK(plan_text(view, {200, false})
            .find("sandbox     no-network; missing: no-host-reads, no-host-writes, no-secrets "
                  "(FACTORY_SANDBOX=require:no-network)\n") != std::string::npos);
  posture.holds.clear();
  view.policy.mode = sandbox_mode::off;
  CHECK(plan_text(view, {200, false}).find("sandbox     none; missing: ") != std::string::npos);
  CHECK(plan_text(view, {200, false}).find("(FACTORY_SANDBOX=off)\n") != std::string::npos);
  posture = {};
  view.reply.instance.process = 0;
  CHECK(plan_text(view, {200, false}).find("sandbox     none: it is builtin and runs in the host's process\n") !=
        std::string::npos);
}
