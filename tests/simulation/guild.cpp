// The real actors of one simulated run: see the header.
#include "tests/simulation/guild.hpp"

#include <map>
#include <utility>

#include "actors/discovery/discovery_actor.hpp"
#include "actors/instantiation/instantiation_actor.hpp"
#include "actors/profiler/profiler_actor.hpp"
#include "actors/registry/registry_actor.hpp"
#include "app/host/planning.hpp"

namespace planguild::simulation {
namespace {

constexpr std::int64_t planning_timeout_ms = 3'600'000;

/// Starts every third process twice; the twin hears and suffers what the first one does, and says nothing.
class doubling_runner final : public process_runner {
 public:
  explicit doubling_runner(std::shared_ptr<process_runner> inner) : inner_(std::move(inner)) {}
  std::uint64_t start(process_command command, process_sink sink) override {
    const auto id = inner_->start(command, std::move(sink));
    if (++starts_ % 3 == 0) {
      twins_[id] = inner_->start(std::move(command), [](const process_event&) {});
    }
    return id;
  }
  void send_line(std::uint64_t id, std::string line) override {
    if (const auto twin = twins_.find(id); twin != twins_.end()) {
      inner_->send_line(twin->second, line);
    }
    inner_->send_line(id, std::move(line));
  }
  void kill(std::uint64_t id) override {
    if (const auto twin = twins_.find(id); twin != twins_.end()) {
      inner_->kill(twin->second);
    }
    inner_->kill(id);
  }

 private:
  std::shared_ptr<process_runner> inner_;
  std::uint64_t starts_ = 0;
  std::map<std::uint64_t, std::uint64_t> twins_;
};

bool spoils_instances(plant what) {
  return what == plant::lost_waiter || what == plant::late_waiter || what == plant::stale_handle_used ||
         what == plant::quarantine_missed;
}

}  // namespace

guild::guild(caf::actor_system& system, simulated_processes& processes, guild_options options)
    : system_(system), processes_(processes), options_(std::move(options)) {
  const auto& outside = options_.outside;
  profiler_ = compat::spawn<profiler_state>(system_, options_.configuration.max_profiles, outside.store);
  if (options_.planted == plant::uncounted_drop) {
    profiler_ = forgetful_profiler(system_, profiler_);
  }
  discovery_ = compat::spawn<discovery_state>(system_, options_.configuration, outside.files,
                                              std::vector<found_planner>{}, std::string{"test"}, outside.watcher);
  auto spawner = [this](const registry_actor& owner, const found_planner& planner) {
    return spawn_instance(owner, planner);
  };
  registry_ = compat::spawn<registry_state>(
      system_, options_.configuration, outside, registry_peers{discovery_, profiler_, spawner},
      registry_options{"test", options_.discover_at_start, outside.watcher != nullptr});
}

instantiation_actor guild::spawn_instance(const registry_actor& owner, const found_planner& planner) {
  auto spawn = [&] {
    auto outside = options_.outside;
    outside.processes = processes_.runner_for(runners_.size());
    if (options_.planted == plant::double_start) {
      outside.processes = std::make_shared<doubling_runner>(std::move(outside.processes));
    }
    runners_.emplace_back(outside.processes);
    auto instance = compat::spawn<instantiation_state>(system_, planner, options_.configuration, std::move(outside),
                                                       instance_owner{owner});
    instances_.emplace_back(instance);
    return instance;
  };
  if (options_.planted == plant::forgotten_actor && runners_.size() % 4 == 3) {
    forgotten_.push_back(spawn());
  }
  auto instance = spawn();
  if (spoils_instances(options_.planted)) {
    instance = spoil_instance(system_, instance, options_.planted);
    instances_.emplace_back(instance);
  }
  return instance;
}

planning_actor guild::start_planning() {
  auto outside = options_.outside;
  return compat::spawn<planning_state>(system_, registry_, std::move(outside), planning_timeout_ms);
}

std::size_t guild::instances_alive() const {
  std::size_t alive = 0;
  for (const auto& runner : runners_) {
    alive += runner.expired() ? 0 : 1;
  }
  return alive;
}

void guild::end() {
  compat::end(registry_);
  compat::end(discovery_);
  compat::end(profiler_);
}

void guild::end_instances() {
  forgotten_.clear();
  for (const auto& each : instances_) {
    if (auto instance = each.lock()) {
      compat::end(instance);
    }
  }
}

}  // namespace planguild::simulation
