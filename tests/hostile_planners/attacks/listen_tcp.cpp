// Listens on a port of this machine.
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(listen_tcp) {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) return hostile::denied("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(hostile::number("free_port")));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return hostile::tried("bind", bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}
