// Starting a process, and with which grants. Part of lifecycle (lifecycle.hpp).
#include <utility>

#include "actors/instantiation/lifecycle.hpp"
#include "messages/grants.hpp"
#include "messages/timeout.hpp"

namespace planguild {

namespace {

/// A repository as the process is started with it: without slashes at the end. What is not absolute grants nothing.
std::string granted_repository(std::string_view repository) {
  if (repository.empty() || repository.front() != '/') {
    return {};
  }
  const auto last = repository.find_last_not_of('/');
  return std::string{last == std::string_view::npos ? "/" : repository.substr(0, last + 1)};
}

}  // namespace

lifecycle::numbered_session lifecycle::make_session(std::string repository) {
  const auto number = next_session_++;
  const auto& manifest = planner_.manifest;
  confinement around{configuration_.sandbox,
                     effective_grants(manifest.permissions, granted_to(configuration_.grants, manifest.name)),
                     std::move(repository)};
  return {number, std::make_unique<worker_session>(planner_, std::move(around), outside_, effects_.sink_for(number))};
}

void lifecycle::begin_start(bool restart) {
  restarting_ = restart;
  ++starts_;
  repository_ = next_repository();
  posture_ = {};
  live_ = make_session(repository_);
  arm(timer_kind::start_deadline, live_.number, timeout_ms_of(configuration_.import_timeout_s));
  enter(instance_phase::starting);
}

/// The first that somebody waits with; nobody waits for a restart after a death, which is for the same as before.
std::string lifecycle::next_repository() const {
  for (const auto& item : queue_) {
    if (auto repository = granted_repository(item.message.repository); !repository.empty()) {
      return repository;
    }
  }
  for (const auto& waiting : waiters_) {
    if (auto repository = granted_repository(waiting.repository); !repository.empty()) {
      return repository;
    }
  }
  return restarting_ ? repository_ : std::string{};
}

/// Whether the running process may not read `repository` and another one could be made that may. A request without a
/// repository takes any.
bool lifecycle::needs_other_process(const std::string& repository) const {
  if (configuration_.sandbox.mode == sandbox_mode::off || planner_.manifest.entry.kind == entry_kind::builtin) {
    return false;
  }
  const auto needed = granted_repository(repository);
  return !needed.empty() && needed != repository_;
}

/// The same generation in a process with another grant: no failure, but a construction.
void lifecycle::restart_for_repository() {
  let_go(live_, true);
  begin_start(false);
}

void lifecycle::cancel_start_if_unwanted() {
  if (phase_ == instance_phase::starting && !restarting_ && !is_wanted()) {
    let_go(live_, false);
    rest();
  }
}

}  // namespace planguild
