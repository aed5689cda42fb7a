// Starting one process through planguild-worker. See the header.
#include "app/host/system/process_spawn.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <utility>

#include "app/host/system/handed_on.hpp"
#include "app/host/system/syscall_filter.hpp"
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

std::string library_worker_path(const spawn_terms& terms) {
  return terms.launcher_path.substr(0, terms.launcher_path.rfind('/') + 1) + "planguild-library-worker";
}

/// The name below `directory` of a path that lies there, without "." and doubled slashes; empty if it lies elsewhere.
std::string name_below(const std::string& directory, const std::string& path) {
  const std::filesystem::path relative = std::filesystem::path(path).lexically_normal().lexically_relative(
      std::filesystem::path(directory).lexically_normal());
  const std::string name = relative.string();
  return name.empty() || name == "." || name.starts_with("..") ? std::string() : name;
}

/// Whether the program is one of the planner's own files, of which a copy runs; then its name among them.
std::string own_program(const process_command& command) {
  if (command.kind != entry_kind::command || command.argv.empty()) return {};
  std::string name = name_below(command.directory, command.argv.front());
  const bool covered = std::find(command.files.begin(), command.files.end(), name) != command.files.end();
  return covered ? name : std::string();
}

std::string why_texts_refused(const process_command& command) {
  for (const auto* texts : {&command.argv, &command.environment}) {
    for (const std::string& text : *texts) {
      if (text.find('\0') != std::string::npos) return "an argument or environment variable contains a zero byte";
    }
  }
  return {};
}

std::string why_entry_refused(const spawn_terms& terms, const process_command& command) {
  if (command.kind == entry_kind::library) {
    if (std::find(command.files.begin(), command.files.end(), command.library) == command.files.end()) {
      return "the library is not one of the planner's files: " + command.library;
    }
    const std::string reason = why_not_executable(library_worker_path(terms));
    return reason.empty() ? reason : "planguild-library-worker: " + reason;
  }
  if (command.kind != entry_kind::command) return "only commands and libraries can be started as processes";
  if (command.argv.empty()) return "there is no program to start";
  return why_not_executable(program_path(command.argv.front()));
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

/// What the child inherits: their numbers here, -1 for what it does not get.
struct inherited {
  const child_ends& ends;
  int filter = -1;
  int library = -1;
};

/// posix_spawn, not fork: its cost does not grow with the host's memory. The new session exists before the launcher
/// runs, so a kill at any moment finds it. Returns an errno value.
int run_launcher(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
                 const inherited& given, pid_t& pid) {
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
  // In this order: our own numbers of the last two lie above all of these.
  const std::pair<int, int> copies[] = {{given.ends.socket.get(), STDIN_FILENO},
                                        {given.ends.socket.get(), STDOUT_FILENO},
                                        {given.ends.errors.get(), STDERR_FILENO},
                                        {given.filter, filter_number},
                                        {given.library, library_number}};
  for (const auto& [ours, theirs] : copies) {
    if (error == 0 && ours >= 0) error = ::posix_spawn_file_actions_adddup2(&actions, ours, theirs);
  }
  if (error == 0) {
    error = ::posix_spawn(&pid, arguments.front().c_str(), &actions, &attributes, pointers(arguments).data(),
                          pointers(environment).data());
  }
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return error;
}

/// Programs that are built with sanitizers set their core limit, and look for leaks at their end by tracing themselves,
/// which the sandbox refuses.
std::vector<std::string> environment_of(const process_command& command) {
  std::vector<std::string> environment = command.environment;
#if defined(__SANITIZE_ADDRESS__)
  environment.emplace_back("ASAN_OPTIONS=detect_leaks=0:disable_coredump=0");
#elif defined(__SANITIZE_THREAD__)
  environment.emplace_back("TSAN_OPTIONS=disable_coredump=0");
#endif
  return environment;
}

worker_plan plan_for(const spawn_terms& terms, const process_command& command, const sealed_files& files) {
  worker_plan plan;
  plan.launcher = terms.launcher_path;
  plan.directory = files.folder();
  plan.all_copies = files.parent();
  if (command.kind == entry_kind::library) {
    plan.program = files.program().empty() ? library_worker_path(terms) : files.program();
    plan.program_arguments = {"--library", std::to_string(library_number), "--name", command.planner};
    plan.has_library = files.library() >= 0;
    return plan;
  }
  const std::string own = own_program(command);
  plan.program = own.empty() ? program_path(command.argv.front()) : files.folder() + "/" + own;
  plan.program_arguments.assign(command.argv.begin() + 1, command.argv.end());
  return plan;
}

std::int64_t monotonic_now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

std::string why_refused(const spawn_terms& terms, const process_command& command) {
  if (std::string reason = why_texts_refused(command); !reason.empty()) return reason;
  if (terms.launcher_path.empty()) return "planguild-worker was not found, so no planner can be started";
  if (std::string reason = why_entry_refused(terms, command); !reason.empty()) return reason;
  if (std::string reason = why_not_executable(terms.launcher_path); !reason.empty()) {
    return "planguild-worker: " + reason;
  }
  struct stat facts {};
  if (command.directory.find('\0') != std::string::npos || ::stat(command.directory.c_str(), &facts) != 0 ||
      !S_ISDIR(facts.st_mode)) {
    return "the working directory is missing: " + command.directory;
  }
  return {};
}

files_request files_for(const spawn_terms& terms, const process_command& command) {
  files_request request;
  request.planner = command.planner;
  request.directory = command.directory;
  request.files = command.files;
  request.sha256 = command.files_sha256;
  request.sizes_bytes = command.file_sizes_bytes;
  if (terms.machine.root) request.reader = planner_uid(command.planner);
  if (command.kind == entry_kind::library) {
    request.library = command.library;
    // The planner's own user must reach it, wherever a root host was built.
    const std::string worker = library_worker_path(terms);
    if (terms.machine.root && !readable_by_others(worker)) request.program = worker;
  }
  return request;
}

spawn_result spawn_process(const spawn_terms& terms, const process_command& command,
                           std::shared_ptr<const sealed_files> files) {
  spawn_result result;
  worker_plan plan = plan_for(terms, command, *files);
  if (result.error = why_not_executable(plan.program); !result.error.empty()) return result;
  std::shared_ptr<const syscall_filter> filter;
  if (command.policy.mode != sandbox_mode::off) {
    filter = filter_of({command.kind, !command.grants.write.empty(), !command.grants.network.empty()});
    plan.has_filter = filter->error.empty();
    plan.filter_error = filter->error;
  }
  worker_command worker = make_worker_command(command, plan, terms.machine, terms.lacking);
  if (!worker.error.empty()) {
    result.error = std::move(worker.error);
    return result;
  }
  child_ends theirs;
  if (!make_channels(result.process, theirs)) {
    result.error = "no descriptors for a new process: " + system_reason(errno);
    return result;
  }
  const inherited given{theirs, worker.asks_for_filter ? filter->program.get() : -1,
                        plan.has_library ? files->library() : -1};
  result.process.started_ns = monotonic_now_ns();
  result.process.notes = std::move(worker.notes);
  result.process.files = std::move(files);
  if (const int error = run_launcher(worker.arguments, environment_of(command), given, result.process.pid);
      error != 0) {
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
