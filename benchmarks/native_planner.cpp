// The native planner that the benchmark of starts starts: it does nothing, as an author would write it. The worker's
// thread.
#include "app/worker/planner.hpp"

namespace {

namespace sdk = planguild::sdk;

class benchmark_native_planner final : public sdk::planner {
 public:
  sdk::description describe() override { return {"benchmark_native_planner", "1.0.0", {"refactor"}}; }
  sdk::test_result self_test() override { return {true, "there is nothing that could fail"}; }
  sdk::plan generate_plan(const sdk::request& asked, sdk::host&) override {
    sdk::plan made;
    auto& task = made.tasks.emplace_back();
    task.id = "1";
    task.title = asked.objective;
    return made;
  }
};

}  // namespace

PLANGUILD_PLANNER(benchmark_native_planner)
