// Compiles the system call filters. See the header; the lists are in syscall_lists.hpp.
//
// A rule whose arguments do not match leaves the call to the default (ENOSYS), not to an "else": so every call that is
// allowed for some arguments gets further rules that say what the others get. Arguments are 64 bits wide; kernel and
// filter agree on the low half where the kernel's type is narrower, because all tests of flags are masked.
#include "app/host/system/syscall_filter.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "app/host/system/handed_on.hpp"
#include "app/host/system/syscall_lists.hpp"
#include "app/host/system/system_reason.hpp"
#include "app/worker/layers.hpp"

namespace planguild {
namespace {

using datum = scmp_datum_t;

struct release_context {
  void operator()(void* context) const noexcept { seccomp_release(context); }
};
using filter_context = std::unique_ptr<void, release_context>;

scmp_arg_cmp equal(unsigned argument, datum value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}
scmp_arg_cmp differs(unsigned argument, datum value) {
  return {argument, SCMP_CMP_NE, value, 0};
}
scmp_arg_cmp masked(unsigned argument, datum mask, datum value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

/// Adds rules; the first failure is kept and the rest does nothing.
class rule_set {
 public:
  explicit rule_set(std::uint32_t violation) : context_(seccomp_init(SCMP_ACT_ERRNO(ENOSYS))), violation_(violation) {
    if (!context_) error_ = "libseccomp gives no filter for this architecture";
    // A binary tree instead of a list: a call costs the same wherever it stands.
    check("the shape of the filter", context_ ? seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2) : 0);
    check("foreign calls",
          context_ ? seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) : 0);
  }

  void allow(const char* name, const std::vector<scmp_arg_cmp>& tests = {}) { add(SCMP_ACT_ALLOW, name, tests); }
  void refuse(int error, const char* name, const std::vector<scmp_arg_cmp>& tests = {}) {
    add(SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)), name, tests);
  }
  void violation(const char* name, const std::vector<scmp_arg_cmp>& tests = {}) { add(violation_, name, tests); }

  /// One rule for each bit of `bits`: the call is refused if any of them is set.
  void refuse_bits(int error, const char* name, unsigned argument, std::initializer_list<datum> bits) {
    for (const datum bit : bits) refuse(error, name, {masked(argument, bit, bit)});
  }
  /// Allowed for these values of an argument; `refused` ones get EPERM, all others ENOSYS.
  void values(const char* name, unsigned argument, std::initializer_list<datum> allowed,
              std::initializer_list<datum> refused) {
    for (const datum value : allowed) allow(name, {equal(argument, value)});
    for (const datum value : refused) refuse(EPERM, name, {equal(argument, value)});
  }

  const std::string& error() const noexcept { return error_; }
  scmp_filter_ctx context() const noexcept { return context_.get(); }

 private:
  void add(std::uint32_t action, const char* name, const std::vector<scmp_arg_cmp>& tests) {
    if (!error_.empty()) return;
    const int number = seccomp_syscall_resolve_name(name);
    if (number < 0) return;  // a newer call than this libseccomp, or none of this architecture
    check(name, seccomp_rule_add_array(context_.get(), action, number, static_cast<unsigned>(tests.size()),
                                       tests.empty() ? nullptr : tests.data()));
  }
  void check(const char* what, int result) {
    if (result == 0 || !error_.empty()) return;
    error_ = "libseccomp refuses the rule for " + std::string(what) + ": " + system_reason(-result);
  }

  filter_context context_;
  std::uint32_t violation_;
  std::string error_;
};

void add_files(rule_set& rules, const filter_variant& variant) {
  constexpr datum temporary = O_TMPFILE & ~O_DIRECTORY;
  constexpr datum writing = datum{O_WRONLY} | datum{O_RDWR} | datum{O_CREAT} | datum{O_TRUNC} | temporary;
  struct opening {
    const char* name;
    unsigned flags;
  };
  for (const auto& [name, flags] : {opening{"open", 1}, opening{"openat", 2}}) {
    if (variant.writes) {
      rules.allow(name);
      continue;
    }
    rules.allow(name, {masked(flags, writing, 0)});
    rules.refuse_bits(EACCES, name, flags, {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, temporary});
  }
  for (const char* name : syscall_lists::writing) {
    if (variant.writes) {
      rules.allow(name);
    } else {
      rules.refuse(EACCES, name);
    }
  }
  for (const char* name : syscall_lists::changing) rules.refuse(EACCES, name);
  for (const char* name : {"fcntl", "fcntl64"}) {
    rules.values(name, 1,
                 {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK,
                  F_OFD_SETLK, F_OFD_SETLKW, F_GETPIPE_SZ, F_GET_SEALS},
                 // signals to a process of its choice, leases, and notices of other people's doings
                 {F_SETOWN, F_SETOWN_EX, F_SETSIG, F_SETLEASE, F_NOTIFY, F_SETPIPE_SZ, F_ADD_SEALS});
  }
  constexpr datum terminal_2 = 0x802C'542A;  // TCGETS2, by which newer C libraries ask for a terminal
  rules.values("ioctl", 1, {TCGETS, terminal_2, TIOCGWINSZ, FIONREAD, FIONBIO, FIOCLEX, FIONCLEX},
               {TIOCSTI, TIOCLINUX, TIOCSCTTY, TIOCSWINSZ, TCSETS, TCSETSW, TCSETSF, FIOASYNC, FIOSETOWN, SIOCSPGRP});
}

/// Memory that the resource limits do not count as data, and so do not bound: shared without a file, or said to be a
/// stack. Files that a planner may share, it may also write; without a write grant there are none.
void add_mapping(rule_set& rules, const char* name, std::initializer_list<scmp_arg_cmp> protection) {
  constexpr datum shared = MAP_SHARED;  // of MAP_SHARED_VALIDATE, too, and not of MAP_PRIVATE
  constexpr datum told_apart = shared | MAP_ANONYMOUS | MAP_GROWSDOWN;
  static_assert((MAP_SHARED_VALIDATE & MAP_SHARED) != 0 && (MAP_PRIVATE & MAP_SHARED) == 0);
  for (const datum counted : {datum{0}, shared, datum{MAP_ANONYMOUS}}) {
    std::vector<scmp_arg_cmp> tests(protection);
    tests.push_back(masked(3, told_apart, counted));
    rules.allow(name, tests);
  }
}

void add_memory(rule_set& rules, const filter_variant& variant) {
  constexpr datum both = PROT_WRITE | PROT_EXEC;
  constexpr datum shared_without_file = MAP_SHARED | MAP_ANONYMOUS;
  // Programs with a compiler of their own (JavaScript, Java) make code at run time; a library has no reason to.
  const bool makes_code = variant.kind != entry_kind::library;
  for (const char* name : {"mmap", "mmap2"}) {
    if (makes_code) add_mapping(rules, name, {});
    for (const datum allowed : {datum{0}, datum{PROT_WRITE}, datum{PROT_EXEC}}) {
      if (!makes_code) add_mapping(rules, name, {masked(2, both, allowed)});
    }
    if (!makes_code) rules.refuse(EPERM, name, {masked(2, both, both)});
    rules.refuse(EPERM, name, {masked(3, shared_without_file, shared_without_file)});
    rules.refuse(EPERM, name, {masked(3, MAP_GROWSDOWN, MAP_GROWSDOWN)});
  }
  if (makes_code) return rules.allow("mprotect");
  rules.allow("mprotect", {masked(2, PROT_EXEC, 0)});
  rules.refuse(EPERM, "mprotect", {masked(2, PROT_EXEC, PROT_EXEC)});
}

void add_processes(rule_set& rules, const filter_variant& variant) {
  // Threads, but no processes and no namespaces. clone3 is in no list: its flags lie in memory, where no filter looks,
  // and at ENOSYS the C library takes clone.
  constexpr datum thread = CLONE_THREAD;
  constexpr datum new_cgroup = 0x0200'0000;
  constexpr datum namespaces = datum{CLONE_NEWNS} | datum{CLONE_NEWUTS} | datum{CLONE_NEWIPC} | datum{CLONE_NEWUSER} |
                               datum{CLONE_NEWPID} | datum{CLONE_NEWNET} | new_cgroup;
  rules.allow("clone", {masked(0, thread | namespaces, thread)});
  rules.refuse(EPERM, "clone", {masked(0, thread, 0)});
  rules.refuse_bits(EPERM, "clone", 0,
                    {CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, new_cgroup});
  for (const char* name : {"kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"}) {
    rules.allow(name, {equal(0, worker_layers::own_process_id)});
    rules.refuse(EPERM, name, {differs(0, worker_layers::own_process_id)});
  }
  rules.allow("prlimit64", {equal(0, 0), equal(2, 0)});
  rules.refuse(EPERM, "prlimit64", {equal(0, 0), differs(2, 0)});
  rules.refuse(EPERM, "prlimit64", {differs(0, 0)});
#if defined(__SANITIZE_THREAD__)
  rules.allow("personality");  // its runtime turns address randomisation off where that leaves it no room
#else
  constexpr datum query = 0xFFFF'FFFF;
  rules.allow("personality", {equal(0, query)});
  rules.violation("personality", {differs(0, query)});
#endif
  constexpr datum name_memory = 0x5356'4D41;  // PR_SET_VMA
  constexpr datum trace_me = 0x5961'6D61;     // PR_SET_PTRACER
  rules.values("prctl", 0,
               {PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_GET_KEEPCAPS, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP,
                PR_CAPBSET_READ, PR_GET_SECUREBITS, PR_SET_TIMERSLACK, PR_GET_TIMERSLACK, PR_GET_CHILD_SUBREAPER,
                PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_GET_TID_ADDRESS, PR_SET_THP_DISABLE, PR_GET_THP_DISABLE,
                PR_GET_SPECULATION_CTRL, name_memory},
               // The death signal ties the process to the host.
               {PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_SET_MM, PR_SET_SECCOMP,
                PR_SET_CHILD_SUBREAPER, PR_CAP_AMBIENT, trace_me});
  // A process may become undumpable, and then stays so.
  rules.allow("prctl", {equal(0, PR_SET_DUMPABLE), equal(1, 0)});
  rules.refuse(EPERM, "prctl", {equal(0, PR_SET_DUMPABLE), differs(1, 0)});
  // A library's worker narrows itself further before it loads the library.
  constexpr datum set_mode_filter = 1;
  if (variant.kind == entry_kind::library) {
    rules.allow("seccomp", {equal(0, set_mode_filter), equal(1, 0)});
  } else {
    rules.refuse(EPERM, "seccomp");
  }
}

void add_network(rule_set& rules, const filter_variant& variant) {
  constexpr datum kind_mask = 0xF;  // of the type argument; the rest is SOCK_NONBLOCK and SOCK_CLOEXEC
  // A connected pair is a pipe; event loops wake themselves through one.
  rules.allow("socketpair", {equal(0, AF_UNIX), masked(1, kind_mask, SOCK_STREAM)});
  rules.refuse(EPERM, "socketpair", {equal(0, AF_UNIX), masked(1, SOCK_STREAM, 0)});
  rules.refuse(EPERM, "socketpair", {equal(0, AF_UNIX), masked(1, SOCK_STREAM | SOCK_DGRAM, SOCK_STREAM | SOCK_DGRAM)});
  rules.refuse(EPERM, "socketpair", {equal(0, AF_UNIX), masked(1, 4 | SOCK_STREAM, 4 | SOCK_STREAM)});
  rules.refuse(EPERM, "socketpair", {differs(0, AF_UNIX)});
  // An address with the data would connect without connect: Landlock would not be asked.
  rules.allow("sendto", {equal(4, 0)});
  rules.refuse(EPERM, "sendto", {differs(4, 0)});
  if (!variant.network) {
    for (const char* name : {"socket", "connect", "setsockopt"}) rules.refuse(EPERM, name);
    return;
  }
  rules.allow("connect");
  // TCP and nothing else: Landlock rules its ports, but neither UDP nor multipath TCP nor other families.
  for (const datum family : {datum{AF_INET}, datum{AF_INET6}}) {
    for (const datum protocol : {datum{0}, datum{IPPROTO_TCP}}) {
      rules.allow("socket", {equal(0, family), masked(1, kind_mask, SOCK_STREAM), equal(2, protocol)});
    }
  }
  // The two families differ in one bit, so what they have in common tells all others apart.
  static_assert(AF_INET == 2 && AF_INET6 == 10 && SOCK_STREAM == 1);
  rules.refuse(EPERM, "socket", {masked(0, 2, 0)});
  rules.refuse_bits(EPERM, "socket", 0, {1, 4, 16, 32, 64});
  rules.refuse_bits(EPERM, "socket", 1, {2, 4, 8});
  struct option {
    int level;
    int name;
  };
  for (const auto& [level, name] :
       {option{SOL_SOCKET, SO_KEEPALIVE}, option{SOL_SOCKET, SO_RCVTIMEO}, option{SOL_SOCKET, SO_SNDTIMEO},
        option{SOL_SOCKET, SO_RCVBUF}, option{SOL_SOCKET, SO_SNDBUF}, option{SOL_SOCKET, SO_LINGER},
        option{SOL_SOCKET, SO_REUSEADDR}, option{IPPROTO_TCP, 1 /* TCP_NODELAY */},
        option{IPPROTO_TCP, 4 /* TCP_KEEPIDLE */}, option{IPPROTO_TCP, 5 /* TCP_KEEPINTVL */},
        option{IPPROTO_TCP, 6 /* TCP_KEEPCNT */}, option{IPPROTO_TCP, 18 /* TCP_USER_TIMEOUT */},
        option{IPPROTO_IPV6, 26 /* IPV6_V6ONLY */}}) {
    rules.allow("setsockopt", {equal(1, static_cast<datum>(level)), equal(2, static_cast<datum>(name))});
  }
}

/// Empty, or why this process could put no filter on: libseccomp would only say that it does not know an action.
std::string why_no_filters() {
  const std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
  if (::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0U, &action) == 0) return {};
  return std::string(::strerrorname_np(errno)) + ": the kernel, or what the host runs in, refuses system call filters";
}

syscall_filter compile(const filter_variant& variant) {
  syscall_filter result;
  result.error = why_no_filters();
  if (!result.error.empty()) return result;
  rule_set rules(variant.kind == entry_kind::library ? SCMP_ACT_TRAP : SCMP_ACT_KILL_PROCESS);
  for (const char* name : syscall_lists::allowed) rules.allow(name);
  for (const char* name : syscall_lists::refused) rules.refuse(EPERM, name);
  for (const char* name : syscall_lists::violations) rules.violation(name);
  add_files(rules, variant);
  add_memory(rules, variant);
  add_processes(rules, variant);
  add_network(rules, variant);
  result.error = rules.error();
  if (!result.error.empty()) return result;
  descriptor memory = empty_memory("planguild-filter");
  if (!memory || !memory.move_above(handed_on_max)) {
    result.error = "no memory for the system call filter: " + system_reason(errno);
    return result;
  }
  if (const int problem = seccomp_export_bpf(rules.context(), memory.get()); problem != 0) {
    result.error = "libseccomp cannot compile the filter: " + system_reason(-problem);
    return result;
  }
  struct stat facts {};
  if (::fstat(memory.get(), &facts) != 0 || facts.st_size <= 0 || !seal_memory(memory)) {
    result.error = "the system call filter cannot be sealed: " + system_reason(errno);
    return result;
  }
  result.instructions = static_cast<std::uint64_t>(facts.st_size) / sizeof(sock_filter);
  if (result.instructions > worker_layers::filter_instructions_max) {
    result.error = "the system call filter is too long: " + std::to_string(result.instructions) + " instructions";
    return result;
  }
  result.program = std::move(memory);
  return result;
}

}  // namespace

std::shared_ptr<const syscall_filter> filter_cache::of(const filter_variant& variant) {
  kept_filter& entry = kept_.at((variant.kind == entry_kind::library ? 4U : 0U) + (variant.writes ? 2U : 0U) +
                                (variant.network ? 1U : 0U));
  const std::lock_guard lock(entry.mutex);
  if (entry.filter) return entry.filter;
  auto made = std::make_shared<const syscall_filter>(compile(variant));
  if (made->error.empty()) entry.filter = made;
  return made;
}

std::shared_ptr<const syscall_filter> filter_of(const filter_variant& variant) {
  static filter_cache cache;
  return cache.of(variant);
}

}  // namespace planguild
