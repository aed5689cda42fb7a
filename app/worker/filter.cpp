// Reading and installing the system call filter. See the header.
#include "app/worker/filter.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "app/worker/exit_codes.hpp"
#include "app/worker/failure.hpp"

namespace planguild {
namespace {

constexpr unsigned probe = 0x7E57'F117;  // a prctl that no kernel knows
constexpr int answer = EXFULL;           // with which nothing else answers a prctl

// What comes before the host's program: an answer of its own to one call, by which the filter is seen to be in force.
// That the kernel, or an outer sandbox, says that it is, is not enough; nor is the mode, which an outer filter sets,
// too.
constexpr sock_filter proof[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, probe, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | answer),
};
constexpr std::size_t proof_size = sizeof proof / sizeof proof[0];
static_assert(BPF_MAXINSNS - proof_size == worker_layers::filter_instructions_max);

sock_filter whole[BPF_MAXINSNS];                  // 32 KiB, of which only what is used is touched
sock_filter* const program = whole + proof_size;  // the host's
std::size_t instructions = 0;                     // of it

bool is_in_force() {
  return prctl(probe, 0, 0, 0, 0) == -1 && errno == answer;
}

}  // namespace

void read_filter(int descriptor) {
  auto* bytes = reinterpret_cast<char*>(program);
  std::size_t size = 0;
  constexpr std::size_t room = worker_layers::filter_instructions_max * sizeof(sock_filter);
  while (size < room) {
    const ssize_t read_now = pread(descriptor, bytes + size, room - size, static_cast<off_t>(size));
    if (read_now < 0 && errno == EINTR) continue;
    if (read_now < 0) give_up(worker_exit::arguments, "filter", "the descriptor cannot be read", errno);
    if (read_now == 0) break;
    size += static_cast<std::size_t>(read_now);
  }
  char more = 0;
  if (size == room && pread(descriptor, &more, 1, static_cast<off_t>(size)) > 0) {
    give_up(worker_exit::arguments, "filter", "more than 4091 instructions");
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
  std::copy(std::begin(proof), std::end(proof), std::begin(whole));
  const sock_fprog finished{static_cast<unsigned short>(proof_size + instructions), whole};
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0UL, &finished) != 0) {
    if (errno != ENOSYS) return layers.refused(layer::seccomp, errno);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &finished, 0, 0) != 0) return layers.refused(layer::seccomp, errno);
  }
  if (!is_in_force()) return layers.set_unavailable(layer::seccomp, "not in force after the call");
  layers.set_active(layer::seccomp);
}

}  // namespace planguild
