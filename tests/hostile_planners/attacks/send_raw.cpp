// Makes a raw socket and sends an echo request, which root may.
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(send_raw) {
  const int made = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
  if (made < 0) return hostile::denied("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(hostile::number("no_port")));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return hostile::tried("sendto", sendto(made, "\x08\x00\xf7\xff\x00\x00\x00\x00", 8, 0,
                                         reinterpret_cast<const sockaddr*>(&address), sizeof address));
}
