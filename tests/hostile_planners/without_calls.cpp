// Runs a program as if on a kernel, or in a container, that lacks something: an outer system call filter answers the
// calls with an error, for the program and all that come of it.
//
//   without_calls NAME=ERROR… -- PROGRAM [ARGUMENT…]
//
// NAME is `landlock`, `seccomp`, `namespaces` (unshare, clone and clone3 with flags for them), `mounts`, `users` (the
// calls that change the user or the groups), `memory_files` (memfd_create) or `close_range`; ERROR is ENOSYS, EPERM,
// EACCES, EINVAL, EOPNOTSUPP. One thread.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace {

constexpr unsigned landlock_first = 444;  // landlock_create_ruleset, _add_rule, _restrict_self
constexpr unsigned memory_bytes = 4;

const std::map<std::string, std::vector<unsigned>>& calls_of() {
  static const std::map<std::string, std::vector<unsigned>> all = {
      {"landlock", {landlock_first, landlock_first + 1, landlock_first + 2}},
      {"mounts", {SYS_mount, SYS_umount2, SYS_pivot_root}},
      {"users", {SYS_setuid, SYS_setgid, SYS_setresuid, SYS_setresgid, SYS_setreuid, SYS_setregid, SYS_setgroups}},
      {"memory_files", {SYS_memfd_create}},
      {"close_range", {436}},
      {"seccomp", {}},     // below: prctl has other uses
      {"namespaces", {}},  // below: clone has other uses
  };
  return all;
}

int error_of(const std::string& name) {
  static const std::map<std::string, int> all = {
      {"ENOSYS", ENOSYS}, {"EPERM", EPERM}, {"EACCES", EACCES}, {"EINVAL", EINVAL}, {"EOPNOTSUPP", EOPNOTSUPP}};
  const auto found = all.find(name);
  return found == all.end() ? 0 : found->second;
}

class outer_filter {
 public:
  outer_filter() { load(offsetof(seccomp_data, nr)); }

  void refuse(unsigned call, int error) {
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
    answer(error);
  }
  /// Only if the low half of `argument` is `value`.
  void refuse_value(unsigned call, unsigned argument, unsigned value, int error) {
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4));
    load(offsetof(seccomp_data, args) + 8 * argument);
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1));
    answer(error);
    load(offsetof(seccomp_data, nr));
  }
  /// Only if any bit of `mask` is set in the low half of `argument`.
  void refuse_bits(unsigned call, unsigned argument, unsigned mask, int error) {
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4));
    load(offsetof(seccomp_data, args) + 8 * argument);
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, mask, 0, 1));
    answer(error);
    load(offsetof(seccomp_data, nr));
  }
  bool put_on() {
    code_.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
    // Without the rights of root a filter may only be put on by who gains none any more.
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0) return true;
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
  }

 private:
  void load(std::size_t offset) {
    static_assert(sizeof(unsigned) == memory_bytes);
    code_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(offset)));
  }
  void answer(int error) {
    code_.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)));
  }
  std::vector<sock_filter> code_;
};

bool add(outer_filter& filter, const std::string& name, int error) {
  const auto found = calls_of().find(name);
  if (found == calls_of().end() || error == 0) return false;
  for (const auto call : found->second) filter.refuse(call, error);
  if (name == "seccomp") {
    filter.refuse(SYS_seccomp, error);
    filter.refuse_value(SYS_prctl, 0, PR_SET_SECCOMP, error);
  }
  if (name == "namespaces") {
    constexpr unsigned all =
        CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | 0x0200'0000U;
    filter.refuse_bits(SYS_unshare, 0, all, error);
    filter.refuse_bits(SYS_clone, 0, all, error);
    filter.refuse(435, ENOSYS);  // clone3: its flags lie in memory; the C library goes on with clone
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  outer_filter filter;
  int index = 1;
  for (; index < argc && std::strcmp(argv[index], "--") != 0; ++index) {
    const std::string given = argv[index];
    const auto equals = given.find('=');
    if (equals == std::string::npos || !add(filter, given.substr(0, equals), error_of(given.substr(equals + 1)))) {
      (void)std::fprintf(stderr, "without_calls: %s is no NAME=ERROR that is known\n", argv[index]);
      return 2;
    }
  }
  if (index + 1 >= argc) {
    (void)std::fprintf(stderr, "usage: without_calls NAME=ERROR... -- PROGRAM [ARGUMENT...]\n");
    return 2;
  }
  if (!filter.put_on()) {
    std::perror("without_calls: the filter cannot be put on");
    return 77;
  }
  ::execvp(argv[index + 1], argv + index + 1);
  std::perror("without_calls: the program cannot be run");
  return 127;
}
