// planguild rpc in a process of its own, for commands to attach to. Test support; one thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/app/cli/command_fixture.hpp"

namespace planguild::test {

/// A runtime in a process of its own, with the planners and the state of `folder`. Killed with its scope.
class running_guild {
 public:
  /// `planguild rpc --listen`, quiet, with these `variables` (NAME=value) besides.
  explicit running_guild(const guild_folder& folder, std::vector<std::string> variables = {});
  /// As above, but not quiet: what it says on standard error goes to `errors_file`.
  running_guild(const guild_folder& folder, std::vector<std::string> variables, const std::string& errors_file);
  /// `planguild rpc` with a socket passed as systemd does; `path` is where it listens.
  running_guild(const guild_folder& folder, std::string path, int listening);
  /// `activator` (systemd-socket-activate) listens in its place and becomes `planguild` with these `arguments` when the
  /// first client comes. What is said on standard error goes to the file "activation" in `folder`.
  running_guild(const guild_folder& folder, const std::string& activator, std::vector<std::string> arguments);
  ~running_guild() { (void)stop(); }
  running_guild(const running_guild&) = delete;
  running_guild& operator=(const running_guild&) = delete;

  const std::string& socket() const noexcept { return socket_; }
  pid_t process() const noexcept { return process_; }

  /// Asks it to end; its exit code, -1 if a signal ended it.
  int stop();
  /// As above without asking.
  int wait();

 private:
  void start(const guild_folder& folder, std::vector<std::string> arguments, std::vector<std::string> variables,
             int passed_socket, const std::string& errors_file = {});
  void wait_for_socket() const;

  std::string socket_;
  pid_t process_ = 0;
  int exit_code_ = -1;
};

}  // namespace planguild::test
