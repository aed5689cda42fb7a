// structural_planner: import cycles and where to cut them, layer breaks, oversized and most imported files.
// Owned by app/planners; see planner_program.hpp for threads.
#pragma once

#include "app/index/repository_index.hpp"
#include "app/planners/planner_program.hpp"

namespace planguild {

class structural_planner : public planner_program {
 public:
  planner_facts facts() const override;
  /// Finds and cuts a cycle in a small graph of its own.
  bool self_test(std::string& detail) override;
  /// Indexes `request.repository` itself, without git; needs no context. Fails with what `build_index` fails with.
  outcome<plan> generate(const plan_request& request, const nlohmann::json& context, const progress_sink& progress,
                         const std::atomic<bool>& cancelled) override;
};

/// The plan for an index that is made already.
plan plan_structure(const repository_index& index, const std::string& objective, const std::atomic<bool>& cancelled);

}  // namespace planguild
