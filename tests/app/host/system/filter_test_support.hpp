// Support for the tests of the system call filters: reads a filter's program and says what it answers to a call, as the
// kernel's interpreter would; and puts it on a child process. One thread.
#pragma once

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "app/host/system/syscall_filter.hpp"
#include "app/worker/layers.hpp"

namespace planguild::test {

inline std::vector<sock_filter> program_of(const filter_variant& variant) {
  const auto kept = filter_of(variant);
  const syscall_filter& filter = *kept;
  std::vector<sock_filter> program(filter.instructions);
  const std::size_t bytes = program.size() * sizeof(sock_filter);
  if (!filter.error.empty() || ::pread(filter.program.get(), program.data(), bytes, 0) != static_cast<ssize_t>(bytes)) {
    throw std::runtime_error("no filter: " + filter.error);
  }
  return program;
}

#if defined(__x86_64__)
inline constexpr std::uint32_t this_architecture = AUDIT_ARCH_X86_64;
#else
inline constexpr std::uint32_t this_architecture = AUDIT_ARCH_AARCH64;
#endif

/// What the filter answers (SECCOMP_RET_…, with the errno in its low half). Knows the instructions that libseccomp
/// emits; throws at any other.
inline std::uint32_t answer(const std::vector<sock_filter>& program, int call, std::array<std::uint64_t, 6> arguments,
                            std::uint32_t architecture = this_architecture) {
  seccomp_data data{};
  data.nr = call;
  data.arch = architecture;
  for (std::size_t index = 0; index < arguments.size(); ++index) data.args[index] = arguments.at(index);
  std::uint32_t accumulator = 0;
  for (std::size_t at = 0; at < program.size(); ++at) {
    const sock_filter& step = program.at(at);
    const auto jump = [&](bool taken) { at += taken ? step.jt : step.jf; };
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        std::memcpy(&accumulator, reinterpret_cast<const char*>(&data) + step.k, sizeof accumulator);
        break;
      case BPF_ALU | BPF_AND | BPF_K:
        accumulator &= step.k;
        break;
      case BPF_JMP | BPF_JA:
        at += step.k;
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        jump(accumulator == step.k);
        break;
      case BPF_JMP | BPF_JGT | BPF_K:
        jump(accumulator > step.k);
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        jump(accumulator >= step.k);
        break;
      case BPF_RET | BPF_K:
        return step.k;
      default:
        throw std::runtime_error("an instruction that the test does not know");
    }
  }
  throw std::runtime_error("the program has no end");
}

/// In a forked child: replaces what stands for its own process and puts the filter on; false with errno.
inline bool put_on(std::vector<sock_filter>& program) {
  for (sock_filter& step : program) {
    if (BPF_CLASS(step.code) == BPF_JMP && step.k == worker_layers::own_process_id) {
      step.k = static_cast<std::uint32_t>(::getpid());
    }
  }
  sock_fprog whole{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole) == 0;
}

}  // namespace planguild::test
