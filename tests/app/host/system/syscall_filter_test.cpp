// The system call filters: what they answer, call by call, and that the kernel takes them and enforces the same.
#include "app/host/system/syscall_filter.hpp"

#include <fcntl.h>
#include <linux/prctl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <functional>

#include "app/worker/layers.hpp"
#include "tests/app/host/system/filter_test_support.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

constexpr std::uint32_t allowed = SECCOMP_RET_ALLOW;
constexpr std::uint32_t unknown = SECCOMP_RET_ERRNO | ENOSYS;
constexpr std::uint32_t denied = SECCOMP_RET_ERRNO | EACCES;
constexpr std::uint32_t refused = SECCOMP_RET_ERRNO | EPERM;

using arguments = std::array<std::uint64_t, 6>;

const std::vector<sock_filter>& plain() {
  static const auto program = program_of({entry_kind::command, false, false});
  return program;
}
const std::vector<sock_filter>& library() {
  static const auto program = program_of({entry_kind::library, false, false});
  return program;
}
const std::vector<sock_filter>& writing() {
  static const auto program = program_of({entry_kind::command, true, false});
  return program;
}
const std::vector<sock_filter>& networking() {
  static const auto program = program_of({entry_kind::library, false, true});
  return program;
}

std::vector<std::vector<sock_filter>> all_variants() {
  std::vector<std::vector<sock_filter>> result;
  for (const entry_kind kind : {entry_kind::command, entry_kind::library}) {
    for (const bool writes : {false, true}) {
      for (const bool network : {false, true}) result.push_back(program_of({kind, writes, network}));
    }
  }
  return result;
}

/// Runs `body` in a child under the filter; the status as waitpid gives it.
int run_under(std::vector<sock_filter> program, const std::function<int()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(put_on(program) ? body() : 99);
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  return status;
}

}  // namespace

TEST_CASE("A filter is compiled once and cannot be changed by whoever holds it") {
  const auto kept = filter_of({entry_kind::command, false, false});
  const syscall_filter& filter = *kept;
  CHECK(filter.error.empty());
  CHECK(kept == filter_of({entry_kind::command, false, false}));
  CHECK(kept != filter_of({entry_kind::library, false, false}));
  CHECK(filter.instructions <= worker_layers::filter_instructions_max);
  CHECK(::pwrite(filter.program.get(), "x", 1, 0) == -1);
  CHECK(::ftruncate(filter.program.get(), 0) == -1);
}

TEST_CASE("A filter that could not be made for want of descriptors is made by who asks next") {
  filter_cache cache;
  const filter_variant variant{entry_kind::library, true, true};
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{0, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto failed = cache.of(variant);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(failed->error.find("no memory for the system call filter") == 0);
  const auto made = cache.of(variant);
  CHECK(made->error.empty());
  CHECK(made->instructions > 0);
  CHECK(cache.of(variant) == made);
}

TEST_CASE("Every filter kills calls of a foreign architecture and of the 32-bit number space") {
  for (const auto& program : all_variants()) {
    CHECK(answer(program, SYS_read, {}, AUDIT_ARCH_I386) == SECCOMP_RET_KILL_PROCESS);
#if defined(__x86_64__)
    CHECK(answer(program, SYS_read | 0x4000'0000, {}) == SECCOMP_RET_KILL_PROCESS);
#endif
  }
}

TEST_CASE("Every filter allows what ordinary programs do and refuses what they can do without") {
  for (const auto& program : all_variants()) {
    for (const int call : {SYS_read, SYS_write, SYS_futex, SYS_exit_group, SYS_execve, SYS_getdents64, SYS_brk,
                           SYS_rt_sigreturn, SYS_restart_syscall, SYS_getrandom, SYS_newfstatat, SYS_epoll_pwait}) {
      CHECK(answer(program, call, {}) == allowed);
    }
    for (const int call : {SYS_bind, SYS_sendmsg, SYS_memfd_create, SYS_inotify_init1, SYS_shmget, SYS_setsid,
                           SYS_sched_setaffinity, SYS_tkill}) {
      CHECK(answer(program, call, {}) == refused);
    }
    for (const int call : {SYS_fchmodat, SYS_utimensat, SYS_fchownat, SYS_mknodat, SYS_fsetxattr}) {
      CHECK(answer(program, call, {}) == denied);
    }
    // What programs probe for, what is newer than the lists, and what hides its arguments.
    for (const int call : {SYS_clone3, SYS_openat2, SYS_io_uring_setup, SYS_pidfd_open, 9'999}) {
      CHECK(answer(program, call, {}) == unknown);
    }
  }
}

TEST_CASE("A breach kills a command planner and traps in a library") {
  for (const int call : {SYS_ptrace,          SYS_process_vm_readv,
                         SYS_pidfd_getfd,     SYS_setuid,
                         SYS_setresuid,       SYS_setgroups,
                         SYS_capset,          SYS_mount,
                         SYS_pivot_root,      SYS_unshare,
                         SYS_setns,           SYS_bpf,
                         SYS_perf_event_open, SYS_userfaultfd,
                         SYS_io_uring_enter,  SYS_keyctl,
                         SYS_add_key,         SYS_init_module,
                         SYS_kexec_load,      SYS_open_by_handle_at,
                         SYS_clock_settime,   SYS_reboot}) {
    CHECK(answer(plain(), call, {}) == SECCOMP_RET_KILL_PROCESS);
    CHECK(answer(writing(), call, {}) == SECCOMP_RET_KILL_PROCESS);
    CHECK(answer(library(), call, {}) == SECCOMP_RET_TRAP);
    CHECK(answer(networking(), call, {}) == SECCOMP_RET_TRAP);
  }
#if !defined(__SANITIZE_THREAD__)
  CHECK(answer(plain(), SYS_personality, {0xFFFF'FFFF}) == allowed);
  CHECK(answer(plain(), SYS_personality, {0}) == SECCOMP_RET_KILL_PROCESS);
  CHECK(answer(plain(), SYS_personality, {0x0040'0000}) == SECCOMP_RET_KILL_PROCESS);
#endif
}

TEST_CASE("Without a write grant files are opened for reading alone, whatever other flags are given") {
  for (const auto* program : {&plain(), &library(), &networking()}) {
    for (const int flags : {O_RDONLY, O_RDONLY | O_CLOEXEC, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOFOLLOW, O_PATH}) {
      CHECK(answer(*program, SYS_openat, {0, 0, static_cast<unsigned>(flags)}) == allowed);
    }
    for (const int flags : {O_WRONLY, O_RDWR, O_WRONLY | O_RDWR, O_RDONLY | O_CREAT, O_RDONLY | O_TRUNC, O_TMPFILE,
                            O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, O_TMPFILE | O_RDWR, O_RDWR | O_APPEND}) {
      CHECK(answer(*program, SYS_openat, {0, 0, static_cast<unsigned>(flags)}) == denied);
      // The kernel takes the low half; the filter must not be led astray by the other.
      CHECK(answer(*program, SYS_openat, {0, 0, 0xFFFF'FFFF'0000'0000 | static_cast<unsigned>(flags)}) == denied);
#if defined(SYS_open)
      CHECK(answer(*program, SYS_open, {0, static_cast<unsigned>(flags)}) == denied);
#endif
    }
    for (const int call : {SYS_unlinkat, SYS_renameat2, SYS_mkdirat, SYS_truncate, SYS_symlinkat, SYS_fallocate}) {
      CHECK(answer(*program, call, {}) == denied);
    }
  }
}

TEST_CASE("With a write grant Landlock decides about files, but modes, owners and times stay closed") {
  CHECK(answer(writing(), SYS_openat, {0, 0, O_RDWR | O_CREAT}) == allowed);
  for (const int call : {SYS_unlinkat, SYS_renameat2, SYS_mkdirat, SYS_truncate, SYS_ftruncate}) {
    CHECK(answer(writing(), call, {}) == allowed);
  }
  CHECK(answer(writing(), SYS_fchmod, {}) == denied);
  CHECK(answer(writing(), SYS_utimensat, {}) == denied);
  CHECK(answer(writing(), SYS_socket, {AF_INET, SOCK_STREAM, 0}) == refused);
}

TEST_CASE("Threads may be made, processes and namespaces may not") {
  constexpr std::uint64_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
                                   CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
  for (const auto& program : all_variants()) {
    CHECK(answer(program, SYS_clone, {thread}) == allowed);
    CHECK(answer(program, SYS_clone, {SIGCHLD}) == refused);
    CHECK(answer(program, SYS_clone, {CLONE_VM | CLONE_VFORK | SIGCHLD}) == refused);
    for (const std::uint64_t space : {CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWPID, CLONE_NEWIPC}) {
      CHECK(answer(program, SYS_clone, {thread | space}) == refused);
      CHECK(answer(program, SYS_clone, {space | SIGCHLD}) == refused);
    }
#if defined(SYS_fork)
    CHECK(answer(program, SYS_fork, {}) == refused);
    CHECK(answer(program, SYS_vfork, {}) == refused);
#endif
  }
}

TEST_CASE("Signals go to the own process alone") {
  for (const auto& program : all_variants()) {
    for (const int call : {SYS_kill, SYS_tgkill, SYS_rt_sigqueueinfo}) {
      CHECK(answer(program, call, {worker_layers::own_process_id, 5, SIGTERM}) == allowed);
      CHECK(answer(program, call, {1, 5, SIGTERM}) == refused);
      CHECK(answer(program, call, {0, 5, SIGTERM}) == refused);
      CHECK(answer(program, call, {0xFFFF'FFFF, 5, SIGTERM}) == refused);
      CHECK(answer(program, call, {~0ULL, 5, SIGTERM}) == refused);
      CHECK(answer(program, call, {1ULL << 32U | worker_layers::own_process_id, 5, SIGTERM}) == refused);
    }
  }
}

TEST_CASE("Limits may be asked for, not changed, and of the own process alone") {
  CHECK(answer(plain(), SYS_prlimit64, {0, 7, 0, 0xDEAD}) == allowed);
  CHECK(answer(plain(), SYS_prlimit64, {0, 7, 0xDEAD, 0}) == refused);
  CHECK(answer(plain(), SYS_prlimit64, {1, 7, 0, 0xDEAD}) == refused);
  CHECK(answer(plain(), SYS_prlimit64, {1, 7, 0xDEAD, 0}) == refused);
}

TEST_CASE("Of prctl, fcntl and ioctl only harmless commands pass") {
  for (const auto& program : all_variants()) {
    CHECK(answer(program, SYS_prctl, {PR_SET_NAME}) == allowed);
    CHECK(answer(program, SYS_prctl, {PR_SET_PDEATHSIG, 0}) == refused);
    CHECK(answer(program, SYS_prctl, {PR_SET_DUMPABLE, 0}) == allowed);
    CHECK(answer(program, SYS_prctl, {PR_SET_DUMPABLE, 1}) == refused);
    CHECK(answer(program, SYS_prctl, {PR_SET_DUMPABLE, 1ULL << 32U}) == refused);
    CHECK(answer(program, SYS_prctl, {PR_SET_SECCOMP, 1}) == refused);
    CHECK(answer(program, SYS_prctl, {PR_SET_MM, 1}) == refused);
    CHECK(answer(program, SYS_prctl, {12'345}) == unknown);
    CHECK(answer(program, SYS_fcntl, {3, F_DUPFD_CLOEXEC, 3}) == allowed);
    CHECK(answer(program, SYS_fcntl, {3, F_SETFL, O_NONBLOCK}) == allowed);
    CHECK(answer(program, SYS_fcntl, {3, F_SETOWN, 1}) == refused);
    CHECK(answer(program, SYS_fcntl, {3, F_NOTIFY, 1}) == refused);
    CHECK(answer(program, SYS_ioctl, {0, TCGETS}) == allowed);
    CHECK(answer(program, SYS_ioctl, {0, TIOCSTI}) == refused);
    CHECK(answer(program, SYS_ioctl, {0, 1ULL << 32U | TIOCSTI}) == unknown);
    CHECK(answer(program, SYS_ioctl, {0, 0xABCD}) == unknown);
  }
}

TEST_CASE("There are no sockets but connected pairs; with a TCP grant there is TCP and nothing else") {
  for (const auto* program : {&plain(), &library(), &writing()}) {
    for (const int family : {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_VSOCK, AF_PACKET}) {
      CHECK(answer(*program, SYS_socket, {static_cast<unsigned>(family), SOCK_STREAM, 0}) == refused);
    }
    CHECK(answer(*program, SYS_connect, {3, 0, 0}) == refused);
    CHECK(answer(*program, SYS_socketpair, {AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0}) == allowed);
    for (const unsigned type : {0U + SOCK_DGRAM, 0U + SOCK_SEQPACKET, 0U + SOCK_RAW, 0U + SOCK_DGRAM | SOCK_NONBLOCK}) {
      CHECK(answer(*program, SYS_socketpair, {AF_UNIX, type, 0}) == refused);
    }
    CHECK(answer(*program, SYS_socketpair, {AF_INET, SOCK_STREAM, 0}) == refused);
    CHECK(answer(*program, SYS_sendto, {3, 0, 5, 0, 0, 0}) == allowed);
    CHECK(answer(*program, SYS_sendto, {3, 0, 5, 0, 0xDEAD, 16}) == refused);
  }
  constexpr std::uint64_t multipath = 262;
  for (const std::uint64_t family : {AF_INET, AF_INET6}) {
    CHECK(answer(networking(), SYS_socket, {family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 6}) == allowed);
    CHECK(answer(networking(), SYS_socket, {family, SOCK_STREAM, 0}) == allowed);
    for (const std::uint64_t type : {SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET}) {
      CHECK(answer(networking(), SYS_socket, {family, type, 0}) != allowed);
    }
    CHECK(answer(networking(), SYS_socket, {family, SOCK_STREAM, multipath}) != allowed);
    CHECK(answer(networking(), SYS_socket, {family, SOCK_STREAM, 132}) != allowed);
  }
  for (const std::uint64_t family : {AF_UNIX, AF_NETLINK, AF_VSOCK, AF_PACKET}) {
    CHECK(answer(networking(), SYS_socket, {family, SOCK_STREAM, 0}) == refused);
  }
  CHECK(answer(networking(), SYS_connect, {3, 0, 0}) == allowed);
  CHECK(answer(networking(), SYS_bind, {3, 0, 0}) == refused);
  CHECK(answer(networking(), SYS_sendto, {3, 0, 5, 0x2000'0000, 0xDEAD, 16}) == refused);
}

TEST_CASE("No memory can be had that the limits do not count: shared without a file, or said to be a stack") {
  constexpr std::uint64_t plain_flags = MAP_PRIVATE | MAP_ANONYMOUS;
  for (const auto& program : all_variants()) {
    for (const std::uint64_t protection : {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC}) {
      for (const std::uint64_t flags :
           {std::uint64_t{MAP_PRIVATE}, plain_flags, plain_flags | MAP_NORESERVE | MAP_STACK,
            std::uint64_t{MAP_PRIVATE | MAP_FIXED}, std::uint64_t{MAP_SHARED}}) {
        CHECK(answer(program, SYS_mmap, {0, 4'096, protection, flags}) == allowed);
      }
      for (const std::uint64_t flags : {MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED_VALIDATE | MAP_ANONYMOUS,
                                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_HUGETLB,
                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, MAP_SHARED | MAP_GROWSDOWN}) {
        CHECK(answer(program, SYS_mmap, {0, 4'096, protection, flags}) == refused);
        CHECK(answer(program, SYS_mmap, {0, 4'096, protection, 1ULL << 32U | flags}) == refused);
      }
    }
    for (const int call : {SYS_memfd_create, SYS_memfd_secret, SYS_shmget, SYS_shmat}) {
      CHECK(answer(program, call, {}) == refused);
    }
  }
}

TEST_CASE("A library gets no memory that is both written and run") {
  CHECK(answer(library(), SYS_mmap, {0, 4'096, PROT_READ | PROT_EXEC}) == allowed);
  CHECK(answer(library(), SYS_mmap, {0, 4'096, PROT_READ | PROT_WRITE}) == allowed);
  CHECK(answer(library(), SYS_mmap, {0, 4'096, PROT_NONE}) == allowed);
  CHECK(answer(library(), SYS_mmap, {0, 4'096, PROT_READ | PROT_WRITE | PROT_EXEC}) == refused);
  CHECK(answer(library(), SYS_mprotect, {0, 4'096, PROT_READ}) == allowed);
  CHECK(answer(library(), SYS_mprotect, {0, 4'096, PROT_READ | PROT_EXEC}) == refused);
  CHECK(answer(plain(), SYS_mprotect, {0, 4'096, PROT_READ | PROT_EXEC}) == allowed);
  CHECK(answer(library(), SYS_seccomp, {SECCOMP_SET_MODE_FILTER, 0}) == allowed);
  CHECK(answer(library(), SYS_seccomp, {SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER}) != allowed);
  CHECK(answer(plain(), SYS_seccomp, {SECCOMP_SET_MODE_FILTER, 0}) == refused);
}

TEST_CASE("The kernel takes every variant, and enforces it") {
  for (const auto& program : all_variants()) {
    const int status = run_under(program, [] {
      if (::kill(::getpid(), 0) != 0) return 1;
      if (::kill(1, 0) == 0 || errno != EPERM) return 2;
      if (::syscall(SYS_openat, AT_FDCWD, "/", O_RDONLY | O_DIRECTORY) < 0) return 3;
      if (::syscall(SYS_fchmodat, AT_FDCWD, "/nowhere", 0700) == 0 || errno != EACCES) return 4;
      if (::syscall(9'999) == 0 || errno != ENOSYS) return 5;
      if (::syscall(SYS_clone, static_cast<unsigned long>(SIGCHLD), 0, 0, 0, 0) != -1 || errno != EPERM) return 6;
      return 42;
    });
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 42);
  }
}

TEST_CASE("A command planner that traces is killed by the filter; a library's handler learns the call") {
  const int killed = run_under(plain(), [] {
    (void)std::signal(SIGSYS, SIG_IGN);
    ::syscall(SYS_ptrace, 0, 0, 0, 0);
    return 0;
  });
  CHECK(WIFSIGNALED(killed));
  CHECK(WTERMSIG(killed) == SIGSYS);
  const int trapped = run_under(library(), [] {
    struct sigaction action {};
    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = [](int, siginfo_t* info, void*) { ::_exit(info->si_syscall == SYS_ptrace ? 43 : 44); };
    ::sigaction(SIGSYS, &action, nullptr);
    ::syscall(SYS_ptrace, 0, 0, 0, 0);
    return 0;
  });
  CHECK(WIFEXITED(trapped));
  CHECK(WEXITSTATUS(trapped) == 43);
}
