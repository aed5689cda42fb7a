// Every operation of a runtime in one list: its method name, its request and its reply. What offers all of them
// (runtime, completion queue, rpc, attached command) is made from it. Pure values and functions, any thread.
#pragma once

#include <string_view>

#include "messages/health.hpp"
#include "messages/instantiation.hpp"
#include "messages/operations.hpp"
#include "messages/planning.hpp"
#include "messages/profiling.hpp"
#include "messages/selection.hpp"

/// Calls `macro(method, request, reply)` for every operation. The reply of each is an `outcome<reply>`.
#define PLANGUILD_OPERATIONS(macro)                                                                             \
  macro(select, select_request, selection) macro(select_many, select_many_request, many_selections)             \
      macro(batch_select, batch_select_request, batch_selection) macro(plan, plan_request, plan_reply)          \
          macro(acquire, acquire_request, acquired_planner) macro(discover, discover_request, discovery_report) \
              macro(list, list_request, planner_list) macro(describe, describe_request, planner_record)         \
                  macro(crash, crash_request, crash_report) macro(probe, probe_request, admission_verdict)      \
                      macro(health, health_request, health_report) macro(heal, heal_request, heal_report)       \
                          macro(reload, reload_request, reload_report)                                          \
                              macro(quarantine, quarantine_request, planner_record)                             \
                                  macro(reinstate, reinstate_request, planner_record)                           \
                                      macro(configure, configure_request, configure_report)                     \
                                          macro(stats, stats_request, stats_report)                             \
                                              macro(profiles, profiles_request, profile_report)                 \
                                                  macro(diagnostics, diagnostics_request, diagnostics_report)

namespace planguild {

// The messages whose plain names are also those of runtime's methods.
using batch_select_request = struct batch_select;
using select_many_request = struct select_many;
using acquire_request = struct acquire;

/// `operation_traits<Request>::method` and `::reply`.
template <class Request>
struct operation_traits;

#define PLANGUILD_OPERATION_TRAITS(method_name, request, reply_type) \
  template <>                                                        \
  struct operation_traits<request> {                                 \
    static constexpr std::string_view method = #method_name;         \
    using reply = reply_type;                                        \
  };
PLANGUILD_OPERATIONS(PLANGUILD_OPERATION_TRAITS)
#undef PLANGUILD_OPERATION_TRAITS

template <class Request>
using reply_of = typename operation_traits<Request>::reply;

}  // namespace planguild
