// Connects to a socket in the host's folder, as if it were docker's.
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdio>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(connect_unix_path) {
  const int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) return hostile::denied("socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (void)snprintf(address.sun_path, sizeof address.sun_path, "%s",
                 hostile::path_in(hostile::argument("scratch"), "listener"));
  return hostile::tried("connect", connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}
