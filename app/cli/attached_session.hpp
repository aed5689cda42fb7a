// A running runtime as a session (--attach), and its configuration. Owned by the command; main thread, but for the
// session's `cancel`.
#pragma once

#include <memory>
#include <string>

#include "app/cli/session.hpp"

namespace planguild::cli {

/// Connects to the runtime that listens at `path` (`planguild rpc --listen`). Fails as rpc_client::connect does.
outcome<std::unique_ptr<session>> attach_session(const std::string& path);

/// The configuration of the runtime behind `guild`, with it as the source of every value. Blocks; fails as an answer
/// does.
outcome<config_load> running_configuration(session& guild);

}  // namespace planguild::cli
