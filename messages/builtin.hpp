// The interface of a builtin planner: a C++ class that a host registers. One instance lives on a thread of its own and
// is called from that thread only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "messages/failure.hpp"
#include "messages/plan.hpp"
#include "messages/planner.hpp"

namespace planguild {

struct builtin_request {
  std::string objective;
  std::string context;     // JSON text, or empty
  std::string repository;  // absolute path, or empty
  std::int64_t timeout_ms = 0;
  std::function<bool()> cancelled;                             // whether to give up; any thread
  std::function<void(double fraction, std::string)> progress;  // from the planner's own thread
};

class builtin_planner {
 public:
  virtual ~builtin_planner() = default;
  /// Whether the planner works. Throwing, too, fails the test.
  virtual bool self_test() { return true; }
  /// Makes a plan or fails with `planner_error`. What it throws becomes `planner_error`. It must look at `cancelled`
  /// now and then: a thread cannot be killed, so a planner that never returns stays behind and is reported by `stop`.
  virtual outcome<plan> generate_plan(const builtin_request& request) = 0;
};

/// What a host registers: the facts that a manifest would give, and how to make an instance. Builtins come before
/// everything found on disk and bypass the allowlist.
struct builtin_registration {
  planner_manifest manifest;                               // `entry` is ignored
  std::function<std::unique_ptr<builtin_planner>()> make;  // may throw: `start_failed`
};

}  // namespace planguild
