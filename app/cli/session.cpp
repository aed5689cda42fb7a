// One runtime of its own for one command: the only file of the command that sees CAF. Main thread; `cancel` any thread.
#include "app/cli/session.hpp"

#include <mutex>
#include <optional>
#include <utility>

#include "app/host/runtime.hpp"
#include "app/host/system/system.hpp"

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

}  // namespace

struct session::parts {
  explicit parts(session_options options)
      : outside(make_outside(options)),
        system(configuration),
        guild(system, make_runtime_options(std::move(options), outside)) {}

  prepared_configuration configuration;
  system_environment outside;
  caf::actor_system system;
  runtime guild;
  std::mutex stopping;  // an interrupt may stop while the main thread does
  std::optional<stop_report> report;
};

session::session(session_options options) : parts_(std::make_unique<parts>(std::move(options))) {}

session::~session() {
  stop();
}

outcome<planner_list> session::list(const list_request& request) {
  return parts_->guild.list(request);
}

outcome<discovery_report> session::discover(const discover_request& request) {
  return parts_->guild.discover(request);
}

outcome<planner_record> session::describe(const describe_request& request) {
  return parts_->guild.describe(request);
}

outcome<health_report> session::health(const health_request& request) {
  return parts_->guild.health(request);
}

outcome<admission_verdict> session::probe(const probe_request& request) {
  return parts_->guild.probe(request);
}

outcome<selection> session::select(const select_request& request) {
  return parts_->guild.select(request);
}

outcome<plan_reply> session::plan(const plan_request& request) {
  return parts_->guild.plan(request);
}

void session::cancel() {
  (void)stop();
}

stop_report session::stop() {
  const std::lock_guard lock{parts_->stopping};
  if (!parts_->report) {
    parts_->report = parts_->guild.stop(stop_ms);
  }
  return *parts_->report;
}

std::string program_version() {
  return std::string{version()};
}

}  // namespace planguild::cli
