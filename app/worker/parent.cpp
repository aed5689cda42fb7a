// Ending with the parent. See the header.
#include "app/worker/parent.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "app/worker/exit_codes.hpp"
#include "app/worker/failure.hpp"

namespace planguild {
namespace {

void end_with_parent() {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(worker_exit::death_signal, "death signal", "prctl", errno);
}

}  // namespace

void tie_to_parent(long parent) {
  end_with_parent();
  if (getppid() != parent) give_up(worker_exit::parent_gone, "parent", "the host is gone");
}

void tie_to_parent_outside(int lifeline) {
  end_with_parent();
  pollfd watched{lifeline, POLLIN, 0};
  if (poll(&watched, 1, 0) > 0) give_up(worker_exit::parent_gone, "parent", "the keeper is gone");
}

}  // namespace planguild
