// Sends a datagram to a port of this machine.
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(send_udp) {
  const int made = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (made < 0) return hostile::denied("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(hostile::number("udp_port")));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return hostile::tried("sendto",
                        sendto(made, "hostile", 7, 0, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}
