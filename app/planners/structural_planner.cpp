// Index, findings, tasks, plan. Owned by app/planners; see planner_program.hpp for threads.
#include "app/planners/structural_planner.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "app/planners/structural_tasks.hpp"
#include "messages/json.hpp"

namespace planguild {

planner_facts structural_planner::facts() const {
  return {"structural_planner", "1.0.0", {"structural", "refactor", "deep_index", "dependencies", "layering"}};
}

bool structural_planner::self_test(std::string& detail) {
  std::vector<import_edge> edges{
      {0, 1, 1, false, {}}, {0, 1, 2, false, {}}, {1, 2, 1, false, {}}, {2, 0, 5, false, {}}};
  auto cycles = find_cycles(4, edges);
  if (cycles.size() != 1 || cycles.front() != import_cycle{0, 1, 2}) {
    detail = "the cycle of three files was not found";
    return false;
  }
  auto cut = cheapest_cut(cycles.front(), edges);
  bool passed = cut.exact && cut.lines == 1 && cut.imports == std::vector<std::size_t>{2};
  detail = passed ? "found a cycle of three files and its cheapest cut" : "the cheapest cut of three files is wrong";
  return passed;
}

outcome<plan> structural_planner::generate(const plan_request& request, const nlohmann::json& /*context*/,
                                           const progress_sink& progress, const std::atomic<bool>& cancelled) {
  if (request.repository.empty()) {
    plan nothing;
    nothing.evidence.push_back({"", std::nullopt, "no repository was given: there is no structure to look at"});
    return nothing;
  }
  progress(0.0, "listing files");
  index_options options;
  options.churn = false;
  options.stop = &cancelled;
  options.progress = [&](std::size_t done, std::size_t total) {
    // Reading is nine tenths of the work.
    progress(0.9 * static_cast<double>(done) / static_cast<double>(total), "reading files");
  };
  auto index = build_index(request.repository, options);
  if (!index) {
    return *index.error;
  }
  progress(0.9, "looking for cycles and layer breaks");
  auto made = plan_structure(*index, request.objective, cancelled);
  if (cancelled) {
    return make_failure(failure_code::cancelled, "cancelled while planning");
  }
  return made;
}

plan plan_structure(const repository_index& index, const std::string& objective, const std::atomic<bool>& cancelled) {
  auto findings = find_structural(index, cancelled);
  objective_words words(objective);
  auto ordered = order_tasks(draft_structural_tasks(index, findings, words), words);
  plan made;
  made.objective = objective;
  made.tasks = std::move(ordered.tasks);
  made.evidence = structural_evidence(index, findings);
  auto scope = scope_evidence(index, words);
  made.evidence.insert(made.evidence.end(), scope.begin(), scope.end());
  auto meta = structural_meta(index, findings);
  meta["objective_words"] = words.words();
  meta["objective_matches"] = ordered.matching;
  meta["left_out"] = ordered.left_out;
  made.meta = dump_json(meta);
  if (made.tasks.empty()) {
    made.evidence.insert(made.evidence.begin(), {"", std::nullopt, "nothing to do: no structural problem was found"});
  }
  return made;
}

}  // namespace planguild
