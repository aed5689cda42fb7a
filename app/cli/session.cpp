// One runtime of its own for one command: the only file of the command that sees CAF. Main thread; `cancel` any thread.
#include "app/cli/session.hpp"

#include <utility>

#include "app/host/standalone.hpp"

namespace planguild::cli {
namespace {

/// An answer as it is told outside the process: without the addresses of actors.
template <class Reply>
outcome<Reply> told(outcome<Reply> answer) {
  return answer;
}
outcome<acquired_planner> told(const outcome<planner_handle>& answer) {
  if (!answer) return *answer.error;
  return acquired_planner{answer->name, answer->generation, answer->instance};
}

class own_session final : public session {
 public:
  explicit own_session(session_options options)
      : standalone_({std::move(options.config), std::move(options.state_directory), options.least_level, false,
                     options.is_log_for_people ? log_style::terminal : log_style::json}) {
  }  // one request, then it is over: nothing is watched
  ~own_session() override { (void)standalone_.stop(); }

  outcome<config> configuration() override { return standalone_.guild().options().config; }
  bool is_attached() const noexcept override { return false; }
  void cancel() override { (void)standalone_.stop(); }  // any thread, as the runtime's own stop
  std::optional<stop_report> stop() override { return standalone_.stop(); }

 private:
#define PLANGUILD_PERFORM(method, request, reply) \
  outcome<reply> perform(const request& message) override { return told(standalone_.guild().method(message)); }
  PLANGUILD_OPERATIONS(PLANGUILD_PERFORM)
#undef PLANGUILD_PERFORM

  standalone_runtime standalone_;
};

}  // namespace

std::unique_ptr<session> start_own_session(session_options options) {
  return std::make_unique<own_session>(std::move(options));
}

std::string program_version() {
  return std::string{version()};
}

}  // namespace planguild::cli
