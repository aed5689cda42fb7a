// A runtime that is there to be talked to: actor system, the real outside, the runtime, the rpc server. No CAF here.
// Owned by the program; one thread, except rpc_server::stop.
#pragma once

#include <memory>
#include <string>

#include "app/rpc/rpc_server.hpp"
#include "messages/config.hpp"
#include "messages/health.hpp"

namespace planguild {

struct rpc_guild_options {
  struct config config;
  std::string state_directory;  // empty: nothing is kept
  log_level least_level = log_level::warning;
  bool is_log_for_people = false;  // sentences instead of JSON lines
};

class rpc_guild {
 public:
  /// Starts discovery, and watches the roots. Nothing can fail here.
  explicit rpc_guild(rpc_guild_options options);
  /// Stops what was not stopped.
  ~rpc_guild();
  rpc_guild(const rpc_guild&) = delete;
  rpc_guild& operator=(const rpc_guild&) = delete;

  /// Valid until `stop`.
  rpc_server& server() noexcept;

  /// Ends the server, then everything else within 5 s, and commits the store. The second call returns the first one's
  /// report.
  stop_report stop();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace planguild
