// planguild-worker: becomes one command planner. The host starts it with descriptors 0 and 1 (one end of a socketpair)
// and 2 (a pipe) and with the environment that the planner is to see; it ties the process to the host's life, takes
// away what was inherited by accident, and runs the planner's program in its own place. It grants and enforces nothing:
// the planner runs with all rights of the host's user. One thread, plain system calls, nothing allocated.
//
//   planguild-worker --parent PID --directory DIR -- PROGRAM [ARGUMENT...]
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "app/worker/exit_codes.hpp"

namespace planguild {
namespace {

struct arguments {
  long parent = 0;
  const char* directory = nullptr;
  char** command = nullptr;
};

/// One line on standard error, then the end.
[[noreturn]] void give_up(int exit_code, const char* step, const char* subject) {
  const char* reason = errno == 0 ? "" : strerror(errno);  // NOLINT(concurrency-mt-unsafe): one thread
  (void)dprintf(STDERR_FILENO, "planguild-worker: %s: %s%s%s\n", step, subject, *reason == '\0' ? "" : ": ", reason);
  _exit(exit_code);
}

[[noreturn]] void wrong_usage() {
  errno = 0;
  give_up(worker_exit::usage, "usage", "planguild-worker --parent PID --directory DIR -- PROGRAM [ARGUMENT...]");
}

arguments read_arguments(int argc, char** argv) {
  if (argc < 7 || std::strcmp(argv[1], "--parent") != 0 || std::strcmp(argv[3], "--directory") != 0 ||
      std::strcmp(argv[5], "--") != 0) {
    wrong_usage();
  }
  char* end = nullptr;
  errno = 0;
  const long parent = std::strtol(argv[2], &end, 10);
  if (errno != 0 || end == argv[2] || *end != '\0' || parent <= 0) wrong_usage();
  return {parent, argv[4], argv + 6};
}

/// From here on the kernel ends this process with the thread that spawned it. The host may have died before this call,
/// which no signal would tell: then the parent is another process by now.
void tie_to_parent(long parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(worker_exit::death_signal, "death signal", "prctl");
  if (getppid() != parent) {
    errno = 0;
    give_up(worker_exit::parent_gone, "parent", "the host is gone");
  }
}

/// The host normally made the session already, so that it can kill everything in it from the first moment.
void own_session() {
  if (getsid(0) != getpid() && setsid() < 0) give_up(worker_exit::session, "session", "setsid");
}

void default_signals() {
  for (int number = 1; number <= SIGRTMAX; ++number) {
    if (number == SIGKILL || number == SIGSTOP) continue;
    (void)std::signal(number, SIG_DFL);  // EINVAL for the numbers that the C library keeps for itself
  }
  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, nullptr) != 0) give_up(worker_exit::signals, "signals", "sigprocmask");
}

void close_from_three() {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0) return;
#endif
  // Kernels before 5.9. A host that has more than a million descriptors open has marked them close-on-exec.
  const long limit = sysconf(_SC_OPEN_MAX);
  if (limit < 0) give_up(worker_exit::descriptors, "descriptors", "sysconf");
  for (int descriptor = 3; descriptor < limit && descriptor < 1'048'576; ++descriptor) close(descriptor);
}

[[noreturn]] void become(char** command) {
  execve(command[0], command, environ);
  const int reason = errno;
  struct stat facts {};
  const bool missing = reason == ENOENT || stat(command[0], &facts) != 0;
  errno = reason;
  give_up(missing ? worker_exit::missing : worker_exit::not_executable, "program", command[0]);
}

}  // namespace
}  // namespace planguild

int main(int argc, char** argv) {
  using namespace planguild;
  const arguments given = read_arguments(argc, argv);
  tie_to_parent(given.parent);
  own_session();
  umask(077);
  default_signals();
  close_from_three();
  if (chdir(given.directory) != 0) give_up(worker_exit::working_directory, "directory", given.directory);
  become(given.command);
}
