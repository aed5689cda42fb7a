// A runtime that is there to be talked to: see the header.
#include "app/rpc/rpc_guild.hpp"

#include <optional>
#include <utility>

#include "app/host/runtime.hpp"
#include "app/host/system/system.hpp"

namespace planguild {
namespace {

constexpr std::int64_t stop_ms = 5'000;

struct prepared_configuration : caf::actor_system_config {
  prepared_configuration() { prepare(*this); }
};

system_environment make_outside(const rpc_guild_options& options) {
  system_options system;
  system.least_level = options.least_level;
  system.state_directory = options.state_directory;
  return make_system_environment(std::move(system));
}

runtime_options make_runtime_options(rpc_guild_options options, const system_environment& outside) {
  runtime_options result;
  result.config = std::move(options.config);
  result.outside = outside.outside;
  return result;
}

}  // namespace

struct rpc_guild::parts {
  explicit parts(rpc_guild_options options)
      : outside(make_outside(options)),
        system(configuration),
        guild(system, make_runtime_options(std::move(options), outside)),
        server(std::in_place, guild) {}

  prepared_configuration configuration;
  system_environment outside;
  caf::actor_system system;
  runtime guild;
  std::optional<rpc_server> server;
};

rpc_guild::rpc_guild(rpc_guild_options options) : parts_(std::make_unique<parts>(std::move(options))) {}

rpc_guild::~rpc_guild() {
  (void)stop();
}

rpc_server& rpc_guild::server() noexcept {
  return *parts_->server;
}

stop_report rpc_guild::stop() {
  parts_->server.reset();
  return parts_->guild.stop(stop_ms);
}

}  // namespace planguild
