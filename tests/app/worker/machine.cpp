// Finding out what the kernel and the container give. See the header.
#include "machine.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>
#include <iostream>

namespace planguild::test {
namespace {

int error_of(long result) {
  return result < 0 ? errno : 0;
}

int write_map(const char* path, const std::string& text) {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  return error_of(file < 0 ? -1 : ::write(file, text.data(), text.size()));
}

int enter_user_namespace() {
  const std::string user = std::to_string(::geteuid());
  const std::string group = std::to_string(::getegid());
  if (::unshare(CLONE_NEWUSER) != 0) return errno;
  if (const int error = write_map("/proc/self/setgroups", "deny"); error != 0) return error;
  if (const int error = write_map("/proc/self/uid_map", user + " " + user + " 1"); error != 0) return error;
  return write_map("/proc/self/gid_map", group + " " + group + " 1");
}

int enter(int flag) {
  if (::geteuid() != 0) {
    if (const int error = enter_user_namespace(); error != 0) return error;
  }
  return error_of(::unshare(flag));
}

int attempt(const std::string& layer) {
  if (layer == "landlock") return landlock_version() > 0 ? 0 : ENOSYS;
  if (layer == "seccomp") {
    // A null program is refused as such where filters exist.
    const long result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, nullptr);
    return result < 0 && errno != EFAULT ? errno : 0;
  }
  if (layer == "user_namespace") return ::geteuid() == 0 ? EPERM : enter_user_namespace();
  if (layer == "mount_namespace") return enter(CLONE_NEWNS);
  if (layer == "pid_namespace") return enter(CLONE_NEWPID);
  if (layer == "network_namespace") return enter(CLONE_NEWNET);
  if (layer == "ipc_namespace") return enter(CLONE_NEWIPC | CLONE_NEWUTS);
  if (layer == "uid") return error_of(::setresuid(61'184, 61'184, 61'184));
  if (layer == "write_or_execute") return error_of(::prctl(65, 1, 0, 0, 0));
  return 0;
}

}  // namespace

int landlock_version() {
  return static_cast<int>(::syscall(444, nullptr, 0UL, 1U));
}

std::string why_missing(const std::string& layer, uid_t user) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (user != ::geteuid()) {
      if (::setgroups(0, nullptr) != 0 || ::setresgid(user, user, user) != 0 || ::setresuid(user, user, user) != 0) {
        _exit(255);
      }
      ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    }
    _exit(attempt(layer));
  }
  int status = 0;
  REQUIRE(child > 0);
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  const char* name = ::strerrorname_np(WEXITSTATUS(status));
  return WEXITSTATUS(status) == 0 ? "" : name != nullptr ? name : "unknown";
}

void say_skipped(const std::string& layer, uid_t user, const std::string& why) {
  const std::string text = "skipped: this machine has no " + layer + " for user " + std::to_string(user) + ": " + why;
  std::cerr << "WARN " << text << std::endl;
  WARN(text);
}

bool machine_has(const std::string& layer, uid_t user) {
  const std::string why = why_missing(layer, user);
  if (!why.empty()) say_skipped(layer, user, why);
  return why.empty();
}

}  // namespace planguild::test
