// rpc: a runtime that others talk to, on standard input and output or on a socket. Owned by the command; main thread.
#include <fcntl.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "app/cli/commands.hpp"
#include "app/cli/output.hpp"
#include "app/rpc/rpc_guild.hpp"

namespace planguild::cli {
namespace {

/// The sockets to listen on; none: standard input and output are to be served.
outcome<std::vector<listening_socket>> sockets_of(const command_line& line) {
  std::vector<listening_socket> sockets;
  if (!line.listen_path.empty()) {
    auto opened = listening_socket::open(line.listen_path);
    if (!opened) return *opened.error;
    sockets.push_back(std::move(*opened));
    return sockets;
  }
  auto passed = take_passed_sockets();
  if (!passed) return *passed.error;
  for (auto& each : *passed) sockets.emplace_back(std::move(each));
  return sockets;
}

/// A descriptor of the server's own, so that its end does not close a standard one.
descriptor copy_of(int number) {
  return descriptor{::fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
}

}  // namespace

int run_rpc(const command_context& context) {
  const auto& line = context.line;
  auto options = session_options_of(line);
  if (!options) return exit_code::usage;
  // Before the runtime exists: where nobody can be served, nothing is started.
  auto sockets = sockets_of(line);
  if (!sockets) return report_failure(*sockets.error, context);
  rpc_guild guild{{std::move(options->config), std::move(options->state_directory), options->least_level,
                   options->is_log_for_people}};
  if (sockets->empty()) {
    auto input = copy_of(STDIN_FILENO);
    auto output = copy_of(STDOUT_FILENO);
    if (!input || !output) {
      complain("planguild: standard input and output cannot be used\n");
      return exit_code::usage;
    }
    guild.server().serve_pipe(std::move(input), std::move(output));
  }
  for (auto& each : *sockets) guild.server().serve(std::move(each));
  if (!line.listen_path.empty()) remark("listening at " + line.listen_path + "; SIGTERM or Ctrl-C ends it", line);
  const bool served = [&] {
    const interrupt_watch::scope scope{context.interrupts, [&guild] { guild.server().stop(); }};
    return guild.server().run();
  }();
  const auto stopped = guild.stop();
  if (!stopped.store_committed) remark("what was to be remembered may be lost", line);
  if (!served) complain("planguild: the other side went away before it was told everything\n");
  return served ? exit_code::yes : exit_code::negative;
}

}  // namespace planguild::cli
