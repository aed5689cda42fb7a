// A plan as Markdown and Mermaid.
#include "app/cli/plan_markdown.hpp"

#include <catch2/catch.hpp>

#include "tests/app/cli/plan_fixture.hpp"

using namespace planguild;
using namespace planguild::cli;
using planguild::test::sample_plan;

namespace {

constexpr const char* sample_graph =
    "graph TD\n"
    "  %% sandbox: no-host-reads, no-host-writes, no-network, no-secrets\n"
    "  t1[\"1. Pin equal scores with a test (S, low)\"]:::critical\n"
    "  t2[\"2. Split scoring from filtering (M, medium)\"]:::critical\n"
    "  t3[\"3. Name the score terms (S, low)\"]\n"
    "  t4[\"4. Move parsing to query (M, high)\"]:::critical\n"
    "  t1 --> t2\n"
    "  t1 --> t4\n"
    "  t2 --> t4\n"
    "  classDef critical stroke-width:3px\n";

}  // namespace

TEST_CASE("The graph has a node for each task and an arrow for each dependency") {
  CHECK(plan_mermaid(sample_plan()) == sample_graph);
}

TEST_CASE("The document is a checklist with choice, evidence and graph") {
  const std::string expected =
      "# Plan: Make the registry easier to change\n"
      "\n"
      "Planner: `structural_planner 1.0.0` (score 0.945, 2 candidates)  \n"
      "Repository: 168 files, 21,412 lines, 0 import cycles, 11 hotspots  \n"
      "Sandbox: no-host-reads, no-host-writes, no-network, no-secrets\n"
      "\n"
      "## Tasks\n"
      "\n"
      "- [ ] **1. Pin equal scores with a test** (S, low risk) `tests/registry/ranking_test.cpp`\n"
      "  Two planners of one score must keep their order.\n"
      "  - `actors/registry/ranking.cpp:12` sorts by total\n"
      "  - no test does\n"
      "- [ ] **2. Split scoring from filtering** (M, medium risk) `actors/registry/ranking.cpp`, after 1\n"
      "- [ ] **3. Name the score terms** (S, low risk) `messages/selection.hpp`\n"
      "- [ ] **4. Move parsing to query** (M, high risk) `actors/registry/query.cpp`, after 1, 2\n"
      "\n"
      "Critical path: 1 → 2 → 4\n"
      "\n"
      "```mermaid\n" +
      std::string{sample_graph} +
      "```\n"
      "\n"
      "## Evidence\n"
      "\n"
      "- 168 files were looked at\n";
  CHECK(plan_markdown(sample_plan()) == expected);
}

TEST_CASE("A planner's text cannot become markup") {
  auto view = sample_plan();
  view.reply.plan.tasks[0].title = "a](x) <b> *c* \"]; t9[\"x";
  view.reply.plan.tasks[0].target = "odd`name`.cpp";
  view.objective = "# one\n# two";
  const auto document = plan_markdown(view);
  CHECK(document.find("# Plan: \\# one\\\\n\\# two\n") == 0);
  CHECK(document.find("**1. a\\](x) \\<b\\> \\*c\\* \"\\]; t9\\[\"x**") != std::string::npos);
  CHECK(document.find("`` odd`name`.cpp ``") != std::string::npos);
  CHECK(plan_mermaid(view).find("t1[\"1. a#93;#40;x#41; #60;b#62; *c* #34;#93;#59; t9#91;#34;x (S, low)\"]") !=
        std::string::npos);
}

TEST_CASE("Nothing to do is a document and a graph, too") {
  auto view = sample_plan();
  view.reply.plan.tasks.clear();
  view.reply.plan.order.clear();
  view.reply.plan.critical_path.clear();
  CHECK(plan_markdown(view).find("\nNothing to do.\n\n## Evidence\n") != std::string::npos);
  CHECK(plan_mermaid(view).find("nothing[\"nothing to do\"]") != std::string::npos);
}
