// Reading and installing the system call filter. See the header.
#include "app/worker/filter.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "app/worker/exit_codes.hpp"
#include "app/worker/failure.hpp"

namespace planguild {
namespace {

sock_filter program[BPF_MAXINSNS];  // 32 KiB, of which only what is used is touched
std::size_t instructions = 0;

}  // namespace

void read_filter(int descriptor) {
  auto* bytes = reinterpret_cast<char*>(program);
  std::size_t size = 0;
  while (size < sizeof program) {
    const ssize_t read_now = pread(descriptor, bytes + size, sizeof program - size, static_cast<off_t>(size));
    if (read_now < 0 && errno == EINTR) continue;
    if (read_now < 0) give_up(worker_exit::arguments, "filter", "the descriptor cannot be read", errno);
    if (read_now == 0) break;
    size += static_cast<std::size_t>(read_now);
  }
  char more = 0;
  if (size == sizeof program && pread(descriptor, &more, 1, static_cast<off_t>(size)) > 0) {
    give_up(worker_exit::arguments, "filter", "more than 4096 instructions");
  }
  if (size == 0 || size % sizeof(sock_filter) != 0) {
    give_up(worker_exit::arguments, "filter", "not a whole number of instructions");
  }
  instructions = size / sizeof(sock_filter);
}

void install_filter(layer_statement& layers) {
  if (!layers.asked(layer::seccomp)) return;
  const auto self = static_cast<std::uint32_t>(getpid());
  for (std::size_t number = 0; number < instructions; ++number) {
    sock_filter& instruction = program[number];
    const bool compares = BPF_CLASS(instruction.code) == BPF_JMP && BPF_SRC(instruction.code) == BPF_K;
    if (compares && instruction.k == worker_layers::own_process_id) instruction.k = self;
  }
  const sock_fprog finished{static_cast<unsigned short>(instructions), program};
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0UL, &finished) == 0) return layers.set_active(layer::seccomp);
  if (errno != ENOSYS) return layers.refused(layer::seccomp, errno);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &finished, 0, 0) == 0) return layers.set_active(layer::seccomp);
  layers.refused(layer::seccomp, errno);
}

}  // namespace planguild
