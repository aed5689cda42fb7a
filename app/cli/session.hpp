// One runtime of its own for one command: actor system, the real outside, the runtime. No CAF here, so that only
// session.cpp pays for it. Owned by the main thread; `cancel` may be called from any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "messages/config.hpp"
#include "messages/health.hpp"
#include "messages/planning.hpp"

namespace planguild::cli {

struct session_options {
  struct config config;
  std::string state_directory;  // empty: nothing is kept
  log_level least_level = log_level::warning;
};

class session {
 public:
  /// Starts discovery; it goes on while the caller does something else.
  explicit session(session_options options);
  /// Stops what was not stopped.
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  // Each blocks until the answer; failures as the registry's interface says.
  outcome<planner_list> list(const list_request& request);
  outcome<discovery_report> discover(const discover_request& request);
  outcome<planner_record> describe(const describe_request& request);
  outcome<health_report> health(const health_request& request);
  outcome<admission_verdict> probe(const probe_request& request);
  outcome<selection> select(const select_request& request);
  outcome<plan_reply> plan(const plan_request& request);

  /// Makes whatever is under way answer `stopping`, and stops. Any thread.
  void cancel();

  /// Ends everything within 5 s and commits the store. The second call returns the first one's report.
  stop_report stop();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// The program's version.
std::string program_version();

}  // namespace planguild::cli
