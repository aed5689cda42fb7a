// A native planner that cannot be made. A planner of the tests.
#include <stdexcept>

#include "app/worker/planner.hpp"

namespace {

class unmade_planner final : public planguild::sdk::planner {
 public:
  unmade_planner() { throw std::runtime_error("its table is missing"); }
  planguild::sdk::description describe() override { return {"unmade_planner", "1.0.0", {}}; }
  planguild::sdk::test_result self_test() override { return {true, {}}; }
  planguild::sdk::plan generate_plan(const planguild::sdk::request& /*asked*/,
                                     planguild::sdk::host& /*host*/) override {
    return {};
  }
};

}  // namespace

PLANGUILD_PLANNER(unmade_planner)
