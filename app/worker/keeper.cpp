// Keeper and first process of a process namespace. See the header.
#include "app/worker/keeper.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "app/worker/descriptors.hpp"
#include "app/worker/exit_codes.hpp"
#include "app/worker/failure.hpp"
#include "app/worker/parent.hpp"
#include "app/worker/privileges.hpp"

namespace planguild {
namespace {

/// Only waiting is left to do: no right is needed for it.
void only_wait(int kept) {
  const rlimit none{0, 0};
  (void)setrlimit(RLIMIT_CORE, &none);
  (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  shed_capabilities();
  if (chdir("/") != 0) give_up(worker_exit::working_directory, "directory", "/", errno);
  close_all_but(0, &kept, 1);
}

[[noreturn]] void end_as(int status) {
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  const int number = WTERMSIG(status);
  (void)std::signal(number, SIG_DFL);
  sigset_t alone;
  sigemptyset(&alone);
  sigaddset(&alone, number);
  (void)sigprocmask(SIG_UNBLOCK, &alone, nullptr);
  (void)kill(getpid(), number);
  _exit(128 + number);  // only if the signal did not end this process, which none does that ended another
}

/// The first process tells the planner's status before it ends; where it could not, its own end is told instead.
[[noreturn]] void keep(int told, pid_t first) {
  only_wait(told);
  int status = 0;
  while (waitpid(first, &status, 0) < 0 && errno == EINTR) continue;
  int planner_status = 0;
  if (recv(told, &planner_status, sizeof planner_status, MSG_DONTWAIT) == sizeof planner_status) {
    end_as(planner_status);
  }
  end_as(status);
}

[[noreturn]] void reap(int tell, pid_t planner) {
  only_wait(tell);
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, 0);
    if (ended == planner) {
      (void)send(tell, &status, sizeof status, MSG_NOSIGNAL);
      _exit(0);  // and with it everything that is left in the namespace
    }
    if (ended < 0 && errno != EINTR) give_up(worker_exit::process, "process", "wait", errno);
  }
}

}  // namespace

int continue_inside() {
  int ends[2];
  int busy[2];  // the keepers hold the end that is written to, until they close all they have
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 || pipe2(busy, O_CLOEXEC) != 0) {
    give_up(worker_exit::process, "process", "socketpair or pipe", errno);
  }
  const pid_t first = fork();
  if (first < 0) give_up(worker_exit::process, "process", "first of the namespace", errno);
  if (first > 0) keep(ends[0], first);
  close(ends[0]);
  tie_to_parent_outside(ends[1]);
  const pid_t planner = fork();
  if (planner < 0) give_up(worker_exit::process, "process", "second of the namespace", errno);
  if (planner > 0) reap(ends[1], planner);
  close(ends[1]);
  close(busy[1]);
  tie_to_parent(1);
  if (setsid() < 0) give_up(worker_exit::session, "session", "setsid", errno);
  return busy[0];
}

void await_keepers(int watched) {
  char byte = 0;
  while (read(watched, &byte, 1) < 0 && errno == EINTR) continue;
  close(watched);
}

}  // namespace planguild
