// A runtime with everything around it, as app/host/standalone.hpp makes it, whose planners can be denied layers of the
// sandbox, as if the machine lacked them. Test support; owned by the test or its program.
#pragma once

#include <utility>

#include "app/host/runtime.hpp"
#include "app/host/system/system.hpp"

namespace planguild::test {

/// Members in the order in which they need one another; they end in the reverse.
class lacking_runtime {
 public:
  static constexpr std::int64_t stop_ms = 5'000;

  explicit lacking_runtime(struct config config, const missing_layers& lacking = {})
      : outside_(make_outside(lacking)),
        system_(prepared(configuration_)),
        guild_(system_, make_options(std::move(config), outside_)) {}

  runtime& guild() noexcept { return guild_; }
  stop_report stop() { return guild_.stop(stop_ms); }

 private:
  static system_environment make_outside(const missing_layers& lacking) {
    system_options options;
    options.least_level = log_level::critical;
    const auto launcher = options.launcher_path;
    auto outside = make_system_environment(std::move(options));
    if (lacking.landlock_abi_max || !lacking.left_out.empty()) {
      outside.processes = make_process_runner({launcher, {}, lacking});
      outside.outside.processes = outside.processes;
    }
    return outside;
  }
  static caf::actor_system_config& prepared(caf::actor_system_config& configuration) {
    prepare(configuration);
    return configuration;
  }
  static runtime_options make_options(struct config config, const system_environment& outside) {
    runtime_options result;
    result.config = std::move(config);
    result.outside = outside.outside;
    result.watch_roots = false;
    return result;
  }

  caf::actor_system_config configuration_;
  system_environment outside_;
  caf::actor_system system_;
  runtime guild_;
};

}  // namespace planguild::test
