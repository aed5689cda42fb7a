// The list of every message type, for what has to be made or tested once for each: JSON and the tests' round trips.
// A message that is missing here has no JSON. Header only; no state, any thread.
#pragma once

/// Calls `macro(type)` for every message struct that has a field list. `failure` is no such message: it crosses inside
/// an outcome, and an `outcome<failure>` could not be told from a failure to read one.
#define PLANGUILD_MESSAGES(macro)                                                                                      \
  macro(ack) macro(acquire) macro(acquire_instance) macro(acquired_planner) macro(admission_verdict) macro(            \
      admit) macro(alert) macro(all_profiles_request) macro(allow_planners) macro(archived_failures)                   \
      macro(batch_select) macro(batch_selection) macro(budget_answer) macro(cancel_work) macro(check_planner) macro(   \
          config_change) macro(config_value) macro(configure_report) macro(configure_request) macro(context_facts)     \
          macro(crash_report) macro(crash_request) macro(describe_request) macro(diagnostics_report) macro(            \
              diagnostics_request) macro(discover_request) macro(discovery_report) macro(discovery_result)             \
              macro(failure_evidence) macro(event_filter) macro(fate_explanation) macro(flip_suggestion) macro(        \
                  found_planner) macro(heal_report) macro(heal_request) macro(health_report) macro(health_request)     \
                  macro(histogram_summary) macro(import_failure) macro(instance_info) macro(instance_state_changed)    \
                      macro(instance_stopped) macro(instantiation_sample) macro(invocation_outcome) macro(             \
                          invocation_sample) macro(list_request) macro(plan) macro(plan_attempt) macro(plan_evidence)  \
                          macro(plan_reply) macro(plan_request) macro(plan_result) macro(plan_task) macro(             \
                              planner_entry) macro(planner_list) macro(planner_manifest) macro(planner_permissions)    \
                              macro(planner_record) macro(probe_request) macro(process_event) macro(profile_limits)    \
                                  macro(profile_report) macro(profile_reports) macro(profiles_request) macro(          \
                                      quarantine_instance) macro(quarantine_request) macro(reinstate_instance)         \
                                      macro(reinstate_request) macro(reliability_increment) macro(reliability_view)    \
                                          macro(reload_instance) macro(reload_report) macro(reload_request) macro(     \
                                              replace_planner) macro(restart_budget_spent) macro(resource_use)         \
                                              macro(run_plan) macro(runtime_event) macro(samples) macro(sandbox_layer) \
                                                  macro(sandbox_policy) macro(sandbox_posture) macro(scan)             \
                                                      macro(score_terms) macro(select_request) macro(selection) macro( \
                                                          selection_sample) macro(skipped_planner) macro(stats_report) \
                                                          macro(stats_request) macro(stop_instance)                    \
                                                              macro(stop_registry) macro(stop_report)                  \
                                                                  macro(store_contents) macro(store_update)            \
                                                                      macro(stored_reliability) macro(select_many)     \
                                                                          macro(many_selections) macro(boost_config)   \
                                                                              macro(selection_batch)                   \
                                                                                  macro(selection_point)               \
                                                                                      macro(selection_count)

/// Calls `macro(type)` for every reply that may be a failure instead.
#define PLANGUILD_REPLIES(macro)                                                                           \
  macro(outcome<acquired_planner>) macro(outcome<admission_verdict>) macro(outcome<batch_selection>)       \
      macro(outcome<configure_report>) macro(outcome<crash_report>) macro(outcome<diagnostics_report>)     \
          macro(outcome<discovery_report>) macro(outcome<found_planner>) macro(outcome<heal_report>)       \
              macro(outcome<health_report>) macro(outcome<instance_info>) macro(outcome<plan_reply>)       \
                  macro(outcome<plan_result>) macro(outcome<planner_list>) macro(outcome<planner_record>)  \
                      macro(outcome<reload_report>) macro(outcome<selection>) macro(outcome<stats_report>) \
                          macro(outcome<many_selections>)
