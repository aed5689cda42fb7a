// Asking the kernel for what the sandbox needs. One short-lived child process; main thread, before a runtime's
// threads exist or beside them.
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

#include "app/cli/doctor_facts.hpp"
#include "app/host/system/system_reason.hpp"

namespace planguild::cli {
namespace {

// Own constants: the headers of older systems lack them, and the numbers are the same on every architecture.
constexpr long landlock_create_ruleset_call = 444;
constexpr long pidfd_open_call = 434;
constexpr unsigned long landlock_ask_version = 1;

/// How far the child came; its exit status.
enum class namespace_step : int { done = 0, unshare = 1, setgroups = 2, map = 3 };

bool write_text(const char* path, std::string_view text) noexcept {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool good = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(file);
  return good;
}

/// In the child, between fork and _exit: system calls only, since other threads may have held locks. Some systems let
/// anybody make the namespace and then refuse the map, without which it is worth nothing.
[[noreturn]] void try_user_namespace(std::string_view map) noexcept {
  auto step = namespace_step::done;
  if (::unshare(CLONE_NEWUSER) != 0) {
    step = namespace_step::unshare;
  } else if (!write_text("/proc/self/setgroups", "deny")) {
    step = namespace_step::setgroups;
  } else if (!write_text("/proc/self/uid_map", map)) {
    step = namespace_step::map;
  }
  ::_exit(static_cast<int>(step));
}

kernel_feature ask_user_namespaces() {
  const auto user = std::to_string(::geteuid());
  const auto map = user + " " + user + " 1";
  const pid_t child = ::fork();
  if (child == 0) try_user_namespace(map);
  if (child < 0) return {false, "no process could be started: " + system_reason(errno)};
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status)) return {false, "the attempt was ended by a signal"};
  switch (static_cast<namespace_step>(WEXITSTATUS(status))) {
    case namespace_step::done:
      return {true, {}};
    case namespace_step::unshare:
      return {false, "this user may not make one"};
    case namespace_step::setgroups:
    case namespace_step::map:
      break;
  }
  return {false, "one can be made, but not mapped (a security policy such as AppArmor's forbids it)"};
}

kernel_feature ask_seccomp() {
  std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
  if (::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0) return {true, {}};
  return {false, system_reason(errno)};
}

kernel_feature ask_pidfd() {
  const auto descriptor = ::syscall(pidfd_open_call, ::getpid(), 0);
  if (descriptor < 0) return {false, system_reason(errno)};
  ::close(static_cast<int>(descriptor));
  return {true, {}};
}

/// Where the version 2 hierarchy is mounted; empty: nowhere.
std::string cgroup_mount() {
  std::ifstream mounts{"/proc/self/mountinfo"};
  for (std::string line; std::getline(mounts, line);) {
    // "… root mount-point options … - type source …"
    const auto type = line.find(" - cgroup2 ");
    if (type == std::string::npos) continue;
    std::size_t begin = 0;
    for (int field = 0; field < 4 && begin != std::string::npos; ++field) begin = line.find(' ', begin) + 1;
    return line.substr(begin, line.find(' ', begin) - begin);
  }
  return {};
}

std::string own_cgroup() {
  std::ifstream groups{"/proc/self/cgroup"};
  for (std::string line; std::getline(groups, line);) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return {};
}

kernel_feature ask_cgroup() {
  const auto mount = cgroup_mount();
  if (mount.empty()) return {false, "version 2 is not mounted"};
  const auto group = own_cgroup();
  const auto folder = mount + (group == "/" ? "" : group);
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    return {false, "the group of this process is not delegated to this user (" + folder + ")"};
  }
  return {true, {}};
}

}  // namespace

kernel_facts look_at_kernel() {
  kernel_facts facts;
  utsname names{};
  if (::uname(&names) == 0) facts.release = &names.release[0];
  const auto abi = ::syscall(landlock_create_ruleset_call, nullptr, 0, landlock_ask_version);
  facts.landlock_abi = abi > 0 ? static_cast<int>(abi) : 0;
  if (abi <= 0) {
    facts.landlock_reason = errno == EOPNOTSUPP ? "it is built in, but not switched on at boot"
                            : errno == ENOSYS   ? "this kernel has none"
                                                : system_reason(errno);
  }
  facts.seccomp = ask_seccomp();
  facts.user_namespaces = ask_user_namespaces();
  facts.pidfd = ask_pidfd();
  facts.cgroup = ask_cgroup();
  facts.is_root = ::geteuid() == 0;
  return facts;
}

}  // namespace planguild::cli
