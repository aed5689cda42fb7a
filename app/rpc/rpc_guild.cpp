// A runtime that is there to be talked to: see the header.
#include "app/rpc/rpc_guild.hpp"

#include <optional>
#include <utility>

#include "app/host/standalone.hpp"

namespace planguild {

struct rpc_guild::parts {
  explicit parts(rpc_guild_options options)
      : standalone({std::move(options.config), std::move(options.state_directory), options.least_level, true,
                    options.is_log_for_people ? log_style::terminal : log_style::json}),
        server(std::in_place, standalone.guild()) {}

  standalone_runtime standalone;
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
  return parts_->standalone.stop();
}

}  // namespace planguild
