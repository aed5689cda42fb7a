// Type ids of every message that an actor receives or replies with. They must be registered (`prepare`) before the
// actor system exists. The range is planguild's own: a host that uses CAF too keeps the ids from first_custom_type_id
// on.
#pragma once

#include "messages/interfaces/discovery.hpp"
#include "messages/interfaces/planning.hpp"
#include "messages/interfaces/profiler.hpp"
#include "messages/interfaces/registry.hpp"

CAF_BEGIN_TYPE_ID_BLOCK(planguild, caf::first_custom_type_id + 5000)

CAF_ADD_TYPE_ID(planguild, (planguild::ack))
CAF_ADD_TYPE_ID(planguild, (planguild::failure))
// discovery
CAF_ADD_TYPE_ID(planguild, (planguild::scan))
CAF_ADD_TYPE_ID(planguild, (planguild::discovery_result))
CAF_ADD_TYPE_ID(planguild, (planguild::check_planner))
CAF_ADD_TYPE_ID(planguild, (planguild::found_planner))
CAF_ADD_TYPE_ID(planguild, (planguild::outcome<planguild::found_planner>))
// profiler
CAF_ADD_TYPE_ID(planguild, (planguild::samples))
CAF_ADD_TYPE_ID(planguild, (planguild::profiles_request))
CAF_ADD_TYPE_ID(planguild, (planguild::profile_report))
CAF_ADD_TYPE_ID(planguild, (planguild::profile_limits))
// instantiation
CAF_ADD_TYPE_ID(planguild, (planguild::instantiation_actor))
CAF_ADD_TYPE_ID(planguild, (planguild::admit))
CAF_ADD_TYPE_ID(planguild, (planguild::admission_verdict))
CAF_ADD_TYPE_ID(planguild, (planguild::acquire_instance))
CAF_ADD_TYPE_ID(planguild, (planguild::instance_info))
CAF_ADD_TYPE_ID(planguild, (planguild::outcome<planguild::instance_info>))
CAF_ADD_TYPE_ID(planguild, (planguild::run_plan))
CAF_ADD_TYPE_ID(planguild, (planguild::plan_result))
CAF_ADD_TYPE_ID(planguild, (planguild::outcome<planguild::plan_result>))
CAF_ADD_TYPE_ID(planguild, (planguild::cancel_work))
CAF_ADD_TYPE_ID(planguild, (planguild::replace_planner))
CAF_ADD_TYPE_ID(planguild, (planguild::stop_instance))
CAF_ADD_TYPE_ID(planguild, (planguild::instance_stopped))
CAF_ADD_TYPE_ID(planguild, (planguild::process_news))
CAF_ADD_TYPE_ID(planguild, (planguild::instance_timer))
// registry
CAF_ADD_TYPE_ID(planguild, (planguild::registry_actor))
CAF_ADD_TYPE_ID(planguild, (planguild::select_request))
CAF_ADD_TYPE_ID(planguild, (planguild::selection))
CAF_ADD_TYPE_ID(planguild, (planguild::outcome<planguild::selection>))
CAF_ADD_TYPE_ID(planguild, (planguild::batch_select))
CAF_ADD_TYPE_ID(planguild, (planguild::outcome<planguild::batch_selection>))
CAF_ADD_TYPE_ID(planguild, (planguild::acquire))
CAF_ADD_TYPE_ID(planguild, (planguild::planner_handle))
CAF_ADD_TYPE_ID(planguild, (planguild::outcome<planguild::planner_handle>))
CAF_ADD_TYPE_ID(planguild, (planguild::discover_request))
CAF_ADD_TYPE_ID(planguild, (planguild::outcome<planguild::discovery_report>))
CAF_ADD_TYPE_ID(planguild, (planguild::list_request))
CAF_ADD_TYPE_ID(planguild, (planguild::outcome<planguild::planner_list>))
CAF_ADD_TYPE_ID(planguild, (planguild::describe_request))
CAF_ADD_TYPE_ID(planguild, (planguild::outcome<planguild::planner_record>))
CAF_ADD_TYPE_ID(planguild, (planguild::probe_request))
CAF_ADD_TYPE_ID(planguild, (planguild::outcome<planguild::admission_verdict>))
CAF_ADD_TYPE_ID(planguild, (planguild::health_request))
CAF_ADD_TYPE_ID(planguild, (planguild::outcome<planguild::health_report>))
CAF_ADD_TYPE_ID(planguild, (planguild::stop_registry))
CAF_ADD_TYPE_ID(planguild, (planguild::stop_report))
CAF_ADD_TYPE_ID(planguild, (planguild::instance_state_changed))
CAF_ADD_TYPE_ID(planguild, (planguild::invocation_outcome))
CAF_ADD_TYPE_ID(planguild, (planguild::restart_budget_spent))
CAF_ADD_TYPE_ID(planguild, (planguild::budget_answer))
CAF_ADD_TYPE_ID(planguild, (planguild::store_recalled))
CAF_ADD_TYPE_ID(planguild, (planguild::registry_timer))
// planning
CAF_ADD_TYPE_ID(planguild, (planguild::plan_request))
CAF_ADD_TYPE_ID(planguild, (planguild::plan_reply))
CAF_ADD_TYPE_ID(planguild, (planguild::outcome<planguild::plan_reply>))
CAF_ADD_TYPE_ID(planguild, (planguild::planning_timer))

CAF_END_TYPE_ID_BLOCK(planguild)
