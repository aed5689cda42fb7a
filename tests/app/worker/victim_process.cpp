// A process to attack. See the header.
#include "victim_process.hpp"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

namespace planguild::test {
namespace {

const char secret_in_memory[] = "a secret inside";

}  // namespace

victim_process::victim_process(uid_t user) {
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  pid_ = ::fork();
  if (pid_ == 0) {
    if (user != ::geteuid() &&
        (::setgroups(0, nullptr) != 0 || ::setresgid(user, user, user) != 0 || ::setresuid(user, user, user) != 0)) {
      _exit(1);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    if (::write(ready[1], "x", 1) != 1) _exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  ::close(ready[1]);
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  ::close(ready[0]);
}

victim_process::~victim_process() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::string victim_process::secret_place() const {
  return pid() + ":" + std::to_string(reinterpret_cast<std::uintptr_t>(secret_in_memory));
}

}  // namespace planguild::test
