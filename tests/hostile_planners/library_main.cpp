// The zoo as a native planner: a shared object of the planner interface. Which attack it makes, and when, the harness
// wrote into its file. The worker's thread.
#include <cstring>
#include <string>

#include "app/worker/planner_abi.h"
#include "tests/hostile_planners/attack.hpp"

namespace {

void write_text(const planguild_output* output, const std::string& text) {
  output->write(output->context, text.data(), text.size());
}

planguild_status create(void** planner, const planguild_output*) {
  *planner = nullptr;
  return PLANGUILD_OK;
}

void destroy(void*) {}

planguild_status describe(void*, const planguild_output* output) {
  write_text(output, R"({"name":")" + std::string{hostile::argument("name")} +
                         R"(","version":"1.0.0","capabilities":["refactor"]})");
  return PLANGUILD_OK;
}

planguild_status self_test(void*, const planguild_output* output) {
  (void)hostile::attack_at("self_test");
  write_text(output, "Nothing was tried.");
  return PLANGUILD_OK;
}

planguild_status generate_plan(void*, const planguild_request*, const planguild_host*, const planguild_output* output) {
  const auto found = hostile::attack_at("plan");
  write_text(output, R"({"objective":"any","tasks":[{"id":"1","title":"Read the evidence"}],"evidence":[{"text":")" +
                         std::string{found.text} + R"("}],"meta":{}})");
  return PLANGUILD_OK;
}

// In the object's own constructors and destructors: before and after anything of the interface is called.
[[gnu::constructor]] void loaded() {
  hostile::begin();
  (void)hostile::attack_at("load");
}
[[gnu::destructor]] void unloaded() {
  (void)hostile::attack_at("exit");
}

}  // namespace

extern "C" PLANGUILD_EXPORT const planguild_planner_interface planguild_planner = {
    sizeof(planguild_planner_interface), PLANGUILD_PLANNER_ABI, create, destroy, describe, self_test, generate_plan};
