// planguild-worker: becomes one planner. The host starts it with descriptors 0 and 1 (one end of a socketpair) and 2 (a
// pipe) and with the environment that the planner is to see; it ties the process to the host's life, takes away what
// was inherited by accident, puts the sandbox's layers on itself, states which are in force, and at the host's word
// runs the planner's program in its own place. layers.hpp is its contract with the host. One thread, plain system
// calls, nothing allocated.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "app/worker/arguments.hpp"
#include "app/worker/descriptors.hpp"
#include "app/worker/exit_codes.hpp"
#include "app/worker/failure.hpp"
#include "app/worker/filter.hpp"
#include "app/worker/keeper.hpp"
#include "app/worker/landlock.hpp"
#include "app/worker/namespaces.hpp"
#include "app/worker/new_root.hpp"
#include "app/worker/parent.hpp"
#include "app/worker/privileges.hpp"
#include "app/worker/resource_limits.hpp"
#include "app/worker/statement.hpp"

namespace planguild {
namespace {

/// The host normally made the session already, so that it can kill everything in it from the first moment.
void own_session() {
  if (getsid(0) != getpid() && setsid() < 0) give_up(worker_exit::session, "session", "setsid", errno);
}

void default_signals() {
  for (int number = 1; number <= SIGRTMAX; ++number) {
    if (number == SIGKILL || number == SIGSTOP) continue;
    (void)std::signal(number, SIG_DFL);  // EINVAL for the numbers that the C library keeps for itself
  }
  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, nullptr) != 0) give_up(worker_exit::signals, "signals", "sigprocmask", errno);
}

/// What every planner gets, whatever layers are asked for.
void put_on_hygiene(const worker_arguments& given, layer_statement& layers) {
  tie_to_parent(given.parent);
  own_session();
  umask(077);
  default_signals();
  if (layers.asked(layer::seccomp)) read_filter(given.filter);
  keep_across_execution(given.kept.data(), given.kept_count);
  close_all_but(3, given.kept.data(), given.kept_count);
  if (chdir(given.directory) != 0) {
    give_up(worker_exit::working_directory, "directory", given.directory, errno);
  }
}

/// The order matters: what needs a right comes before the right is given up, what forbids system calls comes last. From
/// continue_inside() on this may be another process.
void put_on_layers(worker_arguments& given, layer_statement& layers) {
  if (layers.asked(layer::landlock) || layers.asked(layer::mount_namespace)) {
    given.grants.add_system(given.read_as_root);
    given.grants.sort();
  }
  refuse_new_privileges(layers);
  const entered_namespaces entered = enter_namespaces(layers);
  empty_bounding_set(given, layers);
  const bool user_changed = change_user(given, layers);
  tie_to_parent(given.parent);
  int keepers = -1;
  if (entered.process) {
    keepers = continue_inside();
    layers.set_active(layer::pid_namespace);
  }
  if (entered.mount) change_root(given, entered.process, layers);
  put_on_landlock(given, layers);
  give_up_capabilities(given, user_changed, layers);
  refuse_dumps(given, layers);
  refuse_writable_code(layers);
  set_resource_limits(given, layers);
  if (keepers >= 0) await_keepers(keepers);
  install_filter(layers);
}

/// Reads the host's answer and not a byte more: what follows is the program's.
void wait_for_go() {
  constexpr std::string_view go = worker_layers::go_line;
  for (std::size_t size = 0; size < go.size();) {
    char next = 0;
    const ssize_t got = read(STDIN_FILENO, &next, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got != 1 || next != go[size]) give_up(worker_exit::refused, "host", "it did not say go");
    ++size;
  }
}

[[noreturn]] void become(char** command) {
  execve(command[0], command, environ);
  const int reason = errno;
  const bool missing = reason == ENOENT || reason == ENOTDIR;
  give_up(missing ? worker_exit::missing : worker_exit::not_executable, "program", command[0], reason);
}

}  // namespace
}  // namespace planguild

int main(int argc, char** argv) {
  using namespace planguild;
  static worker_arguments given;
  layer_statement layers;
  read_arguments(argc, argv, given, layers);
  put_on_hygiene(given, layers);
  put_on_layers(given, layers);
  // From here on under the filter, which lets read, write, execve and exit_group through whatever else it refuses.
  const int error = layers.write_to(STDOUT_FILENO);
  if (error != 0) give_up(worker_exit::statement, "statement", "it could not be written", error);
  wait_for_go();
  become(given.command);
}
