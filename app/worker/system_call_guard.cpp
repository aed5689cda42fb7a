// The filter against execution and the handler for what a filter stops. Owned by planguild-library-worker; the handler
// runs on any thread and does only what a signal handler may.
#include "app/worker/system_call_guard.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "app/worker/system_call_names.hpp"

namespace planguild {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_X86_64;
constexpr std::uint32_t foreign_numbers_from = 0x4000'0000;  // the calls of x32, which lead to the same functions
#elif defined(__aarch64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t foreign_numbers_from = 0xFFFF'FFFF;  // none
#else
#error "The system call numbers of this architecture are not known here."
#endif

constexpr int stopped_by_filter = 1;  // SYS_SECCOMP, which the C library's headers do not give

/// A short text on the stack; what does not fit is cut.
class signal_safe_line {
 public:
  void add(const char* text) noexcept {
    while (*text != '\0' && size_ < bytes_.size()) bytes_[size_++] = *text++;
  }
  void add(unsigned number) noexcept {
    if (number >= 10) add(number / 10);
    const char digit[] = {static_cast<char>('0' + number % 10), '\0'};
    add(digit);
  }
  void write() const noexcept { [[maybe_unused]] const auto written = ::write(STDERR_FILENO, bytes_.data(), size_); }

 private:
  std::array<char, 160> bytes_{};
  std::size_t size_ = 0;
};

bool is_sandboxed() noexcept {
  return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

/// Its disposition is the default again when this runs (SA_RESETHAND).
extern "C" void planguild_on_stopped_call(int number, siginfo_t* facts, void* /*context*/) {
  if (facts->si_code == stopped_by_filter) {
    signal_safe_line line;
    line.add("planguild-library-worker: the system call filter stopped ");
    if (const char* name = system_call_name(facts->si_syscall); name != nullptr) {
      line.add(name);
    } else {
      line.add("number ");
      line.add(static_cast<unsigned>(facts->si_syscall));
    }
    line.add("\n");
    line.write();
  }
  (void)::raise(number);
  ::_exit(128 + number);  // where the filter lets nothing be raised either
}

}  // namespace

bool refuse_dumps() noexcept {
  if (!is_sandboxed()) return true;
  return ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
}

void deny_execution() noexcept {
  if (!is_sandboxed()) return;
  constexpr std::uint32_t allow = SECCOMP_RET_ALLOW;
  constexpr std::uint32_t deny = SECCOMP_RET_ERRNO | EPERM;
  constexpr unsigned signal_number = offsetof(seccomp_data, args);  // the low half: the kernel takes no more of it
  constexpr unsigned new_action = signal_number + sizeof(std::uint64_t);
  std::array<sock_filter, 15> program{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, own_architecture, 0, 12),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, foreign_numbers_from, 10, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 9, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execveat, 8, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigaction, 0, 6),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, signal_number),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SIGSYS, 0, 4),
      // To ask what the action is, is no harm, and runtimes of other languages do at their start.
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, new_action),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, new_action + 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, allow),
      BPF_STMT(BPF_RET | BPF_K, deny),
  }};
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0) return;
  (void)::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
}

void name_stopped_calls() noexcept {
  struct sigaction action {};
  action.sa_sigaction = planguild_on_stopped_call;
  action.sa_flags = static_cast<int>(SA_SIGINFO | SA_RESETHAND | SA_NODEFER);
  sigemptyset(&action.sa_mask);
  (void)::sigaction(SIGSYS, &action, nullptr);
}

}  // namespace planguild
