// Closing descriptors. See the header.
#include "app/worker/descriptors.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "app/worker/exit_codes.hpp"
#include "app/worker/failure.hpp"

namespace planguild {
namespace {

void close_one_by_one(unsigned first, unsigned last) {
  // Kernels before 5.9, or a container that refuses the call. A host with more than a million descriptors open has
  // marked them close-on-exec.
  const long limit = sysconf(_SC_OPEN_MAX);
  if (limit < 0) give_up(worker_exit::descriptors, "descriptors", "sysconf", errno);
  for (unsigned descriptor = first; descriptor <= last && descriptor < 1'048'576; ++descriptor) {
    if (static_cast<long>(descriptor) >= limit) return;
    close(static_cast<int>(descriptor));
  }
}

void close_between(unsigned first, unsigned last) {
  if (first > last) return;
#ifdef SYS_close_range
  if (syscall(SYS_close_range, first, last, 0U) == 0) return;
#endif
  close_one_by_one(first, last);
}

}  // namespace

void close_all_but(int first, const int* kept, std::size_t count) {
  auto from = static_cast<unsigned>(first);
  for (;;) {
    // The lowest kept one that is still ahead; there are few.
    int next = -1;
    for (std::size_t number = 0; number < count; ++number) {
      if (kept[number] >= static_cast<int>(from) && (next < 0 || kept[number] < next)) next = kept[number];
    }
    if (next < 0) break;
    if (next > 0) close_between(from, static_cast<unsigned>(next) - 1);
    from = static_cast<unsigned>(next) + 1;
  }
  close_between(from, ~0U);
}

void keep_across_execution(const int* kept, std::size_t count) {
  for (std::size_t number = 0; number < count; ++number) {
    if (fcntl(kept[number], F_SETFD, 0) == 0) continue;
    char text[16];
    const int error = errno;
    (void)std::snprintf(text, sizeof text, "%d", kept[number]);
    give_up(worker_exit::arguments, "descriptor to keep", text, error);
  }
}

}  // namespace planguild
