// The whole conversation behind `plan`: select, acquire, run, with the story of every attempt. Pure values, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/failure.hpp"
#include "messages/fields.hpp"
#include "messages/instantiation.hpp"
#include "messages/plan.hpp"
#include "messages/selection.hpp"

namespace planguild {

struct plan_request {
  select_request request;
  std::string planner;          // empty: choose; else this one, without ranking unless it fails and there is `fallback`
  std::string repository;       // absolute path, or empty
  std::string context;          // JSON text, or empty; `request.context` must be made of it
  std::uint64_t fallback = 0;   // how many planners of the ranking are tried when the chosen or named one fails
  std::int64_t timeout_ms = 0;  // of the whole conversation; 0: the default invocation timeout plus the import timeout
  bool operator==(const plan_request&) const = default;
};
PLANGUILD_FIELDS(plan_request, request, planner, repository, context, fallback, timeout_ms);

struct plan_attempt {
  std::string planner;
  std::optional<failure> problem;  // none: this attempt gave the plan
  double duration_ms = 0;
  bool operator==(const plan_attempt&) const = default;
};
PLANGUILD_FIELDS(plan_attempt, planner, problem, duration_ms);

struct plan_reply {
  struct plan plan;
  std::optional<struct selection> selection;  // none where the planner was named and did not fail
  instance_info instance;
  std::vector<plan_attempt> attempts;
  bool operator==(const plan_reply&) const = default;
};
PLANGUILD_FIELDS(plan_reply, plan, selection, instance, attempts);

}  // namespace planguild
