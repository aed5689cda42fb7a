// One runtime of its own for one command: the only file of the command that sees CAF. Main thread; `cancel` any thread.
#include "app/cli/session.hpp"

#include <mutex>
#include <utility>

#include "app/host/runtime.hpp"
#include "app/host/system/system.hpp"
#include "app/rpc/scrubbed_reply.hpp"

namespace planguild::cli {
namespace {

constexpr std::int64_t stop_ms = 5'000;

struct prepared_configuration : caf::actor_system_config {
  prepared_configuration() { prepare(*this); }
};

system_environment make_outside(const session_options& options) {
  system_options system;
  system.least_level = options.least_level;
  system.state_directory = options.state_directory;
  return make_system_environment(std::move(system));
}

runtime_options make_runtime_options(session_options options, const system_environment& outside) {
  runtime_options result;
  result.config = std::move(options.config);
  result.outside = outside.outside;
  result.watch_roots = false;  // one request, then it is over
  return result;
}

/// An answer as it is told outside the process: without secrets and the addresses of actors.
template <class Reply>
outcome<Reply> told(outcome<Reply> answer) {
  if (answer) scrub_reply(*answer);
  return answer;
}
outcome<acquired_planner> told(const outcome<planner_handle>& answer) {
  if (!answer) return *answer.error;
  return acquired_planner{answer->name, answer->generation, answer->instance};
}

class own_session final : public session {
 public:
  explicit own_session(session_options options)
      : outside_(make_outside(options)),
        system_(configuration_),
        guild_(system_, make_runtime_options(std::move(options), outside_)) {}
  ~own_session() override { (void)end(); }

  outcome<config> configuration() override { return guild_.options().config; }
  bool is_attached() const noexcept override { return false; }
  void cancel() override { (void)end(); }
  std::optional<stop_report> stop() override { return end(); }

 private:
#define PLANGUILD_PERFORM(method, request, reply) \
  outcome<reply> perform(const request& message) override { return told(guild_.method(message)); }
  PLANGUILD_OPERATIONS(PLANGUILD_PERFORM)
#undef PLANGUILD_PERFORM

  stop_report end() {
    const std::lock_guard lock{stopping_};
    if (!report_) report_ = guild_.stop(stop_ms);
    return *report_;
  }

  prepared_configuration configuration_;
  system_environment outside_;
  caf::actor_system system_;
  runtime guild_;
  std::mutex stopping_;  // an interrupt may stop while the main thread does
  std::optional<stop_report> report_;
};

}  // namespace

std::unique_ptr<session> start_own_session(session_options options) {
  return std::make_unique<own_session>(std::move(options));
}

std::string program_version() {
  return std::string{version()};
}

}  // namespace planguild::cli
