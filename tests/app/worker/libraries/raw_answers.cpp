// A native planner that writes what it is told, over the plain C interface: the variable RAW_DESCRIPTION as its
// description, and as its plan the objective, or what some words stand for. A planner of the tests.
#include <cstdlib>
#include <cstring>
#include <string>

#include "app/worker/planner_abi.h"

namespace {

void write(const planguild_output* output, const std::string& text) {
  output->write(output->context, text.data(), text.size());
}

planguild_status create(void** planner, const planguild_output* /*output*/) {
  *planner = nullptr;
  return PLANGUILD_OK;
}

void destroy(void* /*planner*/) {}

planguild_status describe(void* /*planner*/, const planguild_output* output) {
  const char* text = std::getenv("RAW_DESCRIPTION");
  if (text == nullptr) return PLANGUILD_FAILED;
  write(output, text);
  return PLANGUILD_OK;
}

planguild_status self_test(void* /*planner*/, const planguild_output* output) {
  write(output, "it never works");
  return PLANGUILD_FAILED;
}

planguild_status generate_plan(void* /*planner*/, const planguild_request* request, const planguild_host* /*host*/,
                               const planguild_output* output) {
  const std::string objective(request->objective.bytes, request->objective.size);
  if (objective == "odd status") return 12;
  if (objective == "cancelled") return PLANGUILD_CANCELLED;
  if (objective == "no bytes") {
    output->write(output->context, nullptr, 100);
    return PLANGUILD_OK;
  }
  if (objective == "endless") {
    const std::string piece(1'000'000, ' ');
    for (int count = 0; count < 100; ++count) write(output, piece);
    return PLANGUILD_OK;
  }
  if (objective == "long") {  // short as it is written, longer than a line once the defaults are filled in
    write(output, R"({"tasks":[{})");
    for (int count = 0; count < 60'000; ++count) write(output, ",{}");
    write(output, "]}");
    return PLANGUILD_OK;
  }
  for (const char& letter : objective) output->write(output->context, &letter, 1);
  return PLANGUILD_OK;
}

}  // namespace

const planguild_planner_interface planguild_planner = {
    sizeof(planguild_planner_interface), PLANGUILD_PLANNER_ABI, create, destroy, describe, self_test, generate_plan};
