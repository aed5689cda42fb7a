// Writes a file of 64 MiB.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(fill_disk) {
  (void)signal(SIGXFSZ, SIG_IGN);
  const int file = open(hostile::path_in("/tmp", hostile::argument("mark")), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return hostile::denied("open");
  static char block[1 << 20];
  long written = 0;
  while (written < 64 && write(file, block, sizeof block) == static_cast<ssize_t>(sizeof block)) ++written;
  const auto found = written == 64 ? hostile::effect("wrote MiB", written) : hostile::denied("write");
  close(file);
  return found;
}
