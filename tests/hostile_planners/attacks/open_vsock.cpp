// Opens a way from a virtual machine to what it runs on.
#include <sys/socket.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(open_vsock) {
  const int made = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0 && errno == EAFNOSUPPORT) return hostile::impossible("no vsock");
  return hostile::tried("socket", made);
}
