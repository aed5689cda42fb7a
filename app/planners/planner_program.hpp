// What a planner program is, and the loop that speaks planner protocol 1 for it: JSON-RPC 2.0, one object per line, on
// two descriptors. Owned by app/planners. A program's functions are called on the thread that runs the loop; a second
// thread reads, so that a cancellation reaches a plan that is being made.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "messages/failure.hpp"
#include "messages/plan.hpp"

namespace planguild {

/// What `initialize` answers; must agree with the manifest.
struct planner_facts {
  std::string name;
  std::string version;
  std::vector<std::string> capabilities;
};

/// One `generate_plan`, without its context.
struct plan_request {
  std::string objective;
  std::string repository;       ///< Absolute path, or empty if none was given.
  std::int64_t timeout_ms = 0;  ///< What the host will wait; 0 if it did not say.
};

/// Reports progress to the host; `fraction` is within 0 … 1. Cheap: repeated fractions are dropped.
using progress_sink = std::function<void(double fraction, const std::string& message)>;

class planner_program {
 public:
  virtual ~planner_program() = default;

  virtual planner_facts facts() const = 0;

  /// Whether the planner works; `detail` says in one sentence what was tried or what failed. What it throws fails the
  /// test.
  virtual bool self_test(std::string& detail) = 0;

  /// Makes a plan. `context` is the deep context or null. Looks at `cancelled` now and then and then fails with
  /// `cancelled`; fails with whatever else kept it from planning. Having nothing to do is no failure: a plan without
  /// tasks, with evidence.
  virtual outcome<plan> generate(const plan_request& request, const nlohmann::json& context,
                                 const progress_sink& progress, const std::atomic<bool>& cancelled) = 0;
};

/// Serves requests from `input_fd` on `output_fd` (which may be the same socket) until `shutdown` or the end of input,
/// and returns the exit code: 0, or 1 if a line was over its bound or the host stopped reading. Bad lines are answered
/// with errors and change nothing. Does not close the descriptors. SIGPIPE must be ignored.
int serve_planner(planner_program& program, int input_fd, int output_fd);

/// `main` of a planner program: ignores SIGPIPE and serves descriptors 0 and 1.
int planner_main(planner_program& program);

}  // namespace planguild
