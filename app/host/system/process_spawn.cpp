// Starting one process through planguild-worker. See the header.
#include "app/host/system/process_spawn.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <vector>

#include "app/host/system/system_reason.hpp"

namespace planguild {
namespace {

/// A bare name is looked up in /usr/bin, then /bin; a path stays as it is, and so does a name that neither has.
std::string program_path(const std::string& program) {
  if (program.empty() || program.find('/') != std::string::npos) return program;
  for (const char* folder : {"/usr/bin/", "/bin/"}) {
    std::string path = folder + program;
    if (::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0) return path;
  }
  return program;
}

/// Why `path` cannot be run; empty if it can. Permission is that of the effective user, as for execve.
std::string why_not_executable(const std::string& path) {
  struct stat facts {};
  if (path.find('/') == std::string::npos) return "the program is neither in /usr/bin nor in /bin: " + path;
  if (path.front() != '/') return "the program's path is not absolute: " + path;
  if (::stat(path.c_str(), &facts) != 0) return "the program is missing: " + path + ": " + system_reason(errno);
  if (!S_ISREG(facts.st_mode)) return "the program is not a regular file: " + path;
  if (::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) != 0) {
    return "the program is not executable: " + path + ": " + system_reason(errno);
  }
  return {};
}

std::string why_refused(const std::string& launcher_path, const process_command& command) {
  if (command.kind != entry_kind::command) return "only commands can be started as processes";
  if (command.argv.empty()) return "there is no program to start";
  for (const auto* texts : {&command.argv, &command.environment}) {
    for (const std::string& text : *texts) {
      if (text.find('\0') != std::string::npos) return "an argument or environment variable contains a zero byte";
    }
  }
  if (launcher_path.empty()) return "planguild-worker was not found, so no command planner can be started";
  if (std::string reason = why_not_executable(command.argv.front()); !reason.empty()) return reason;
  if (std::string reason = why_not_executable(launcher_path); !reason.empty()) return "planguild-worker: " + reason;
  struct stat facts {};
  if (command.directory.find('\0') != std::string::npos || ::stat(command.directory.c_str(), &facts) != 0 ||
      !S_ISDIR(facts.st_mode)) {
    return "the working directory is missing: " + command.directory;
  }
  return {};
}

struct child_ends {
  descriptor socket;
  descriptor errors;
};

/// Makes the socketpair and the pipe. Only our ends are non-blocking: the flag belongs to each end's open file, and a
/// planner expects blocking standard descriptors. False with errno set.
bool make_channels(spawned_process& ours, child_ends& theirs) {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return false;
  ours.socket = descriptor(pair[0]);
  theirs.socket = descriptor(pair[1]);
  if (::pipe2(pair, O_CLOEXEC) != 0) return false;
  ours.errors = descriptor(pair[0]);
  theirs.errors = descriptor(pair[1]);
  for (descriptor* end : {&ours.socket, &ours.errors, &theirs.socket, &theirs.errors}) {
    if (!end->move_above_standard()) return false;
  }
  return ::fcntl(ours.socket.get(), F_SETFL, O_NONBLOCK) == 0 && ::fcntl(ours.errors.get(), F_SETFL, O_NONBLOCK) == 0;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

/// posix_spawn, not fork: its cost does not grow with the host's memory. The new session exists before the launcher
/// runs, so a kill at any moment finds it. Returns an errno value.
int run_launcher(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
                 const child_ends& ends, pid_t& pid) {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  if (const int error = ::posix_spawnattr_init(&attributes); error != 0) return error;
  if (const int error = ::posix_spawn_file_actions_init(&actions); error != 0) {
    ::posix_spawnattr_destroy(&attributes);
    return error;
  }
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  int error = ::posix_spawnattr_setsigmask(&attributes, &none);
  if (error == 0) error = ::posix_spawnattr_setsigdefault(&attributes, &all);
  if (error == 0) {
    error = ::posix_spawnattr_setflags(
        &attributes, static_cast<short>(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  if (error == 0) error = ::posix_spawn_file_actions_adddup2(&actions, ends.socket.get(), STDIN_FILENO);
  if (error == 0) error = ::posix_spawn_file_actions_adddup2(&actions, ends.socket.get(), STDOUT_FILENO);
  if (error == 0) error = ::posix_spawn_file_actions_adddup2(&actions, ends.errors.get(), STDERR_FILENO);
  if (error == 0) {
    error = ::posix_spawn(&pid, arguments.front().c_str(), &actions, &attributes, pointers(arguments).data(),
                          pointers(environment).data());
  }
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return error;
}

}  // namespace

spawn_result spawn_process(const std::string& launcher_path, process_command command) {
  spawn_result result;
  if (!command.argv.empty()) command.argv.front() = program_path(command.argv.front());
  result.error = why_refused(launcher_path, command);
  if (!result.error.empty()) return result;
  child_ends theirs;
  if (!make_channels(result.process, theirs)) {
    result.error = "no descriptors for a new process: " + system_reason(errno);
    return result;
  }
  std::vector<std::string> arguments{launcher_path, "--parent",        std::to_string(::getpid()),
                                     "--directory", command.directory, "--"};
  arguments.insert(arguments.end(), command.argv.begin(), command.argv.end());
  if (const int error = run_launcher(arguments, command.environment, theirs, result.process.pid); error != 0) {
    result.error = "the process could not be started: " + system_reason(error);
    return result;
  }
  result.process.process = descriptor(static_cast<int>(::syscall(SYS_pidfd_open, result.process.pid, 0U)));
  if (!result.process.process || !result.process.process.move_above_standard()) {
    result.error = "the process could not be watched (pidfd_open): " + system_reason(errno);
    ::kill(result.process.pid, SIGKILL);
    ::waitpid(result.process.pid, nullptr, 0);
  }
  return result;
}

}  // namespace planguild
