// The embedding API: see the header. The one place that names all actors and wires them.
#include "app/host/runtime.hpp"

#include <algorithm>
#include <utility>

#include "actors/discovery/discovery_actor.hpp"
#include "actors/instantiation/instantiation_actor.hpp"
#include "actors/profiler/profiler_actor.hpp"
#include "actors/registry/registry_actor.hpp"
#include "app/host/planning.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"
#include "messages/timeout.hpp"

namespace planguild {

namespace {

// A reply is awaited a little longer than its request's own timeout, so that the registry's own, more telling, failure
// comes first.
constexpr std::int64_t reply_margin_ms = 1'000;
// For requests that wait for nothing but their turn.
constexpr std::int64_t control_ms = 10'000;

std::vector<found_planner> as_found(const std::vector<builtin_registration>& builtins) {
  std::vector<found_planner> found;
  for (const auto& builtin : builtins) {
    found_planner planner;
    planner.manifest = builtin.manifest;
    planner.manifest.entry = {entry_kind::builtin, {}, {}, {}};
    // As a manifest's: a host may write them as it likes.
    planner.manifest.name = text::normalised(builtin.manifest.name);
    planner.manifest.capabilities = text::capability_set(builtin.manifest.capabilities);
    planner.manifest.tags = text::capability_set(builtin.manifest.tags);
    planner.source = planner_source::builtin;
    planner.digest = "builtin:" + builtin.manifest.name + ":" + builtin.manifest.version;
    found.push_back(std::move(planner));
  }
  return found;
}

/// Spawns into the host's system, so that an instance's life does not hang on the registry's scheduler context.
instance_spawner make_spawner(caf::actor_system& system, const runtime_options& options) {
  return [&system, configuration = options.config, outside = options.outside](const registry_actor& owner,
                                                                              const found_planner& planner) {
    return compat::spawn<instantiation_state>(system, planner, configuration, outside, instance_owner{owner});
  };
}

}  // namespace

std::string_view version() noexcept {
  return PLANGUILD_VERSION;
}

void prepare(caf::actor_system_config& configuration, std::size_t threads) {
  compat::add_types<caf::id_block::planguild>(configuration);
  if (threads > 0) {
    compat::configure_scheduler(configuration, threads);
  }
}

runtime::runtime(caf::actor_system& system, runtime_options options) : system_(system), options_(std::move(options)) {
  profiler_ = compat::spawn<profiler_state>(system_, options_.config.max_profiles, options_.outside.store);
  const auto builtins = as_found(options_.builtins);
  const std::string program_version{version()};
  const auto watcher = options_.watch_roots ? options_.outside.watcher : nullptr;
  discovery_ = options_.detach_discovery
                   ? compat::spawn_detached<discovery_state>(system_, options_.config, options_.outside.files, builtins,
                                                             program_version, watcher)
                   : compat::spawn<discovery_state>(system_, options_.config, options_.outside.files, builtins,
                                                    program_version, watcher);
  registry_ =
      compat::spawn<registry_state>(system_, options_.config, options_.outside,
                                    registry_peers{discovery_, profiler_, make_spawner(system_, options_)},
                                    registry_options{program_version, options_.discover_at_start, watcher != nullptr});
}

runtime::~runtime() {
  (void)stop(limits::shutdown_ms_default);
}

planning_actor runtime::start_planning() {
  const auto& configuration = options_.config;
  const auto timeout_ms = timeout_ms_of(configuration.import_timeout_s) * 2 +
                          timeout_ms_of(configuration.self_test_timeout_s) +
                          timeout_ms_of(configuration.invocation_timeout_s);
  // A planner's manifest may allow itself more than the default; its own timeout then ends it, this is the outer bound.
  return compat::spawn<planning_state>(system_, registry_, options_.outside,
                                       std::max<std::int64_t>(timeout_ms, 3'600'000));
}

template <class Reply, class Request>
outcome<Reply> runtime::ask(const Request& request, std::int64_t timeout_ms) {
  if (stopped_) {
    return failure{failure_code::stopping, "The runtime has been stopped.", {}, {}};
  }
  caf::scoped_actor self{system_};
  const auto wait_ms = std::clamp<std::int64_t>(timeout_ms, 0, limits::timeout_ms_max) + reply_margin_ms;
  auto answer = compat::ask_blocking<outcome<Reply>>(self, registry_, wait_ms, request);
  return answer ? std::move(*answer) : outcome<Reply>{*answer.error};
}

outcome<selection> runtime::select(const select_request& request) {
  return ask<selection>(request, request.timeout_ms);
}
outcome<many_selections> runtime::select_many(const struct select_many& request) {
  return ask<many_selections>(request, request.timeout_ms);
}
outcome<batch_selection> runtime::batch_select(const struct batch_select& request) {
  return ask<batch_selection>(request, request.request.timeout_ms);
}
outcome<planner_handle> runtime::acquire(const struct acquire& request) {
  return ask<planner_handle>(request, request.timeout_ms);
}
outcome<discovery_report> runtime::discover(const discover_request& request) {
  return ask<discovery_report>(request, request.timeout_ms);
}
outcome<planner_list> runtime::list(const list_request& request) {
  return ask<planner_list>(request, request.timeout_ms);
}
outcome<crash_report> runtime::crash(const crash_request& request) {
  return ask<crash_report>(request, request.timeout_ms);
}
outcome<planner_record> runtime::describe(const describe_request& request) {
  return ask<planner_record>(request, request.timeout_ms);
}
outcome<admission_verdict> runtime::probe(const probe_request& request) {
  return ask<admission_verdict>(request, request.timeout_ms);
}
outcome<health_report> runtime::health(const health_request& request) {
  return ask<health_report>(request, request.timeout_ms);
}

outcome<heal_report> runtime::heal(const heal_request& request) {
  return ask<heal_report>(request, request.timeout_ms);
}
outcome<reload_report> runtime::reload(const reload_request& request) {
  return ask<reload_report>(request, request.timeout_ms);
}
outcome<planner_record> runtime::quarantine(const quarantine_request& request) {
  return ask<planner_record>(request, request.timeout_ms);
}
outcome<planner_record> runtime::reinstate(const reinstate_request& request) {
  return ask<planner_record>(request, request.timeout_ms);
}
outcome<configure_report> runtime::configure(const configure_request& request) {
  return ask<configure_report>(request, control_ms);
}
outcome<stats_report> runtime::stats(const stats_request& request) {
  return ask<stats_report>(request, control_ms);
}
outcome<diagnostics_report> runtime::diagnostics(const diagnostics_request& request) {
  return ask<diagnostics_report>(request, request.timeout_ms);
}

outcome<profile_report> runtime::profiles(const profiles_request& request) {
  return ask<profile_report>(request, control_ms);
}

outcome<plan_reply> runtime::plan(const plan_request& request) {
  if (stopped_) {
    return failure{failure_code::stopping, "The runtime has been stopped.", {}, {}};
  }
  caf::scoped_actor self{system_};
  auto conversation = start_planning();
  const auto wait_ms = request.timeout_ms > 0 ? std::min(request.timeout_ms, limits::timeout_ms_max) + reply_margin_ms
                                              : limits::timeout_ms_max;
  auto answer = compat::ask_blocking<outcome<plan_reply>>(self, conversation, wait_ms, request);
  compat::tell_urgent(conversation, cancel_work{});
  return answer ? std::move(*answer) : outcome<plan_reply>{*answer.error};
}

outcome<selector> runtime::make_selector() {
  const std::lock_guard lock{selecting_};
  if (stopped_) {
    return failure{failure_code::stopping, "The runtime has been stopped.", {}, {}};
  }
  if (!port_) {
    auto port = std::make_shared<snapshot_port>();
    auto actor = spawn_snapshot_port(system_, registry_, port);
    caf::scoped_actor self{system_};
    const auto first =
        compat::ask_blocking<snapshot_published>(self, registry_, control_ms, subscribe_snapshots{actor});
    if (!first || !first->view) {
      compat::end(actor);
      return first ? failure{failure_code::stopping, "The runtime is stopping.", {}, {}} : *first.error;
    }
    port->put(std::make_shared<const ranked_snapshot>(first->view));
    port_ = std::move(port);
    port_actor_ = std::move(actor);
  }
  return selector{port_, port_actor_, options_.outside.clock};
}

/// Lets what selectors have told reach the registry: once the port answers, it has passed on all that came before.
void runtime::wait_for_port(std::int64_t timeout_ms) {
  const std::lock_guard lock{selecting_};
  if (port_) {
    caf::scoped_actor self{system_};
    (void)compat::ask_blocking<ack>(self, port_actor_, std::clamp<std::int64_t>(timeout_ms, 1, control_ms),
                                    selection_batch{});
  }
}

stop_report runtime::stop(std::int64_t deadline_ms) {
  const std::lock_guard lock{stopping_};
  if (stopped_.exchange(true)) {
    return report_;
  }
  const auto begun_ms = options_.outside.clock->monotonic_ms();
  const auto left_ms = [&] { return deadline_ms - (options_.outside.clock->monotonic_ms() - begun_ms); };
  wait_for_port(left_ms());
  {
    caf::scoped_actor self{system_};
    auto answer = compat::ask_blocking<stop_report>(self, registry_, std::max<std::int64_t>(deadline_ms, 1),
                                                    stop_registry{deadline_ms});
    if (answer) {
      report_ = std::move(*answer);
    } else {
      report_.still_alive.emplace_back("registry");
    }
    // The registry's last samples are on their way to the profiler; what it has not saved by then is not worth waiting.
    (void)compat::ask_blocking<ack>(self, profiler_, std::clamp<std::int64_t>(left_ms(), 1, limits::store_commit_ms),
                                    save_samples{});
  }
  {
    const std::lock_guard selectors{selecting_};
    if (port_) {
      compat::end(port_actor_);
    }
  }
  compat::end(registry_);
  compat::end(discovery_);
  compat::end(profiler_);
  report_.store_committed =
      options_.outside.store->flush(std::clamp<std::int64_t>(left_ms(), 0, limits::store_commit_ms));
  return report_;
}

}  // namespace planguild
