// risk_planner: from the deep context alone, tests and reviews for what changes often and is large, before anything
// risky is done to it. Owned by app/planners; see planner_program.hpp for threads.
#pragma once

#include "app/planners/planner_program.hpp"

namespace planguild {

class risk_planner : public planner_program {
 public:
  planner_facts facts() const override;
  /// Plans a small context of its own and checks that tests come before the risky step.
  bool self_test(std::string& detail) override;
  /// Reads only `context`; a null context gives an empty plan that says so. Fails with nothing but `cancelled`.
  outcome<plan> generate(const plan_request& request, const nlohmann::json& context, const progress_sink& progress,
                         const std::atomic<bool>& cancelled) override;
};

}  // namespace planguild
