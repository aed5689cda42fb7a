// Exports a planner interface without functions. A planner of the tests.
#include "app/worker/planner_abi.h"

const planguild_planner_interface planguild_planner = {
    sizeof(planguild_planner_interface), PLANGUILD_PLANNER_ABI, nullptr, nullptr, nullptr, nullptr, nullptr};
