// The one line on standard error. See the header.
#include "app/worker/failure.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace planguild {

void give_up(int exit_code, const char* step, const char* subject, int error) {
  char line[1'024];
  const char* reason = error == 0 ? nullptr : strerrordesc_np(error);
  const int size = std::snprintf(line, sizeof line, "planguild-worker: %s: %.900s%s%s\n", step, subject,
                                 reason == nullptr ? "" : ": ", reason == nullptr ? "" : reason);
  if (size > 0) {
    const ssize_t written = write(STDERR_FILENO, line, std::min(static_cast<std::size_t>(size), sizeof line - 1));
    (void)written;  // nobody is left to be told
  }
  _exit(exit_code);
}

}  // namespace planguild
