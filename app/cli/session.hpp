// What a command talks to: a runtime of its own, or a running one (--attach). No CAF and no sockets here, so that only
// the two implementations pay for them. Owned by the main thread; `cancel` may be called from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/host/operations.hpp"
#include "messages/config.hpp"

namespace planguild::cli {

class session {
 public:
  session() = default;
  /// Stops what was not stopped.
  virtual ~session() = default;
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// Sends any request of app/host/operations.hpp and blocks until its answer; failures as the registry's interface
  /// says, and `stopping` or `cancelled` after `cancel`.
  template <class Request>
  outcome<reply_of<Request>> ask(const Request& request) {
    return perform(request);
  }

  outcome<planner_list> list(const list_request& request) { return ask(request); }
  outcome<discovery_report> discover(const discover_request& request) { return ask(request); }
  outcome<planner_record> describe(const describe_request& request) { return ask(request); }
  outcome<health_report> health(const health_request& request) { return ask(request); }
  outcome<admission_verdict> probe(const probe_request& request) { return ask(request); }
  outcome<selection> select(const select_request& request) { return ask(request); }
  outcome<plan_reply> plan(const plan_request& request) { return ask(request); }

  /// What the runtime works with. Blocks where the runtime is another process; then fails as an answer does.
  virtual outcome<config> configuration() = 0;

  /// True where the runtime was there before this command and goes on after it.
  virtual bool is_attached() const noexcept = 0;

  /// Gives up whatever is under way, which then answers `stopping` or `cancelled`; nothing can be asked any more. Any
  /// thread.
  virtual void cancel() = 0;

  /// A runtime of its own ends within 5 s and commits the store; the second call returns the first one's report. Where
  /// the runtime goes on, only the connection ends and there is no report.
  virtual std::optional<stop_report> stop() = 0;

 private:
#define PLANGUILD_PERFORM(method, request, reply) virtual outcome<reply> perform(const request& message) = 0;
  PLANGUILD_OPERATIONS(PLANGUILD_PERFORM)
#undef PLANGUILD_PERFORM
};

struct session_options {
  struct config config;
  std::string state_directory;  // empty: nothing is kept
  log_level least_level = log_level::warning;
  bool is_log_for_people = false;  // sentences instead of JSON lines
};

/// Starts a runtime of its own: actor system, the real outside, the runtime. Its discovery goes on while the caller
/// does something else. Nothing can fail here.
std::unique_ptr<session> start_own_session(session_options options);

/// The program's version.
std::string program_version();

}  // namespace planguild::cli
