// Exports a version of the planner interface that this planguild does not speak. A planner of the tests.
#include "app/worker/planner_abi.h"

const planguild_planner_interface planguild_planner = {
    sizeof(planguild_planner_interface), 77, nullptr, nullptr, nullptr, nullptr, nullptr};
