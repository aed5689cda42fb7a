// Connects to a socket that has a name and no file.
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(connect_unix_abstract) {
  const int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) return hostile::denied("socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const char* name = hostile::argument("abstract_name");
  (void)strncpy(address.sun_path + 1, name, sizeof address.sun_path - 2);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + strlen(name));
  return hostile::tried("connect", connect(made, reinterpret_cast<const sockaddr*>(&address), size));
}
