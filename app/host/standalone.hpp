// A runtime with everything around it, for programs that are their own host: CAF's configuration, the real outside, the
// actor system, the runtime. Header only, so that only who includes it pays for CAF. Owned by the program.
#pragma once

#include <string>
#include <utility>

#include "app/host/runtime.hpp"
#include "app/host/system/system.hpp"

namespace planguild {

struct standalone_options {
  struct config config;
  std::string state_directory;  // empty: nothing is kept
  log_level least_level = log_level::warning;
  bool watch_roots = true;
  log_style style_of_log = log_style::json;
};

/// Members in the order in which they need one another; they end in the reverse.
class standalone_runtime {
 public:
  static constexpr std::int64_t stop_ms = 5'000;

  explicit standalone_runtime(standalone_options options)
      : outside_(make_outside(options)),
        system_(prepared(configuration_)),
        guild_(system_, make_options(std::move(options), outside_)) {}

  runtime& guild() noexcept { return guild_; }

  /// Ends everything within `stop_ms` and commits the store; the second call returns the first one's report.
  stop_report stop() { return guild_.stop(stop_ms); }

 private:
  static system_environment make_outside(const standalone_options& options) {
    system_options system;
    system.least_level = options.least_level;
    system.style_of_log = options.style_of_log;
    system.state_directory = options.state_directory;
    return make_system_environment(std::move(system));
  }
  static caf::actor_system_config& prepared(caf::actor_system_config& configuration) {
    prepare(configuration);
    return configuration;
  }
  static runtime_options make_options(standalone_options options, const system_environment& outside) {
    runtime_options result;
    result.config = std::move(options.config);
    result.outside = outside.outside;
    result.watch_roots = options.watch_roots;
    return result;
  }

  caf::actor_system_config configuration_;
  system_environment outside_;
  caf::actor_system system_;
  runtime guild_;
};

}  // namespace planguild
