// Attempts on sockets. See the header.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "attempts.hpp"

namespace attempts {
namespace {

using text = const std::string&;

sockaddr_in loopback(text port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port.empty() ? 0 : std::stoi(port)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

template <class F>
int with_socket(int family, int type, int protocol, F use) {
  const int made = socket(family, type | SOCK_CLOEXEC, protocol);
  if (made < 0) return errno;
  const int error = from(use(made));
  close(made);
  return error;
}

int connect_stream(text port, int protocol) {
  const sockaddr_in address = loopback(port);
  return with_socket(AF_INET, SOCK_STREAM, protocol, [&](int made) {
    return connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  });
}

int bind_tcp(text port, std::string&) {
  const sockaddr_in address = loopback(port);
  return with_socket(AF_INET, SOCK_STREAM, 0,
                     [&](int made) { return bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address); });
}

int send_udp(text port, std::string&) {
  const sockaddr_in address = loopback(port);
  return with_socket(AF_INET, SOCK_DGRAM, 0, [&](int made) {
    return static_cast<int>(sendto(made, "x", 1, 0, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  });
}

int connect_unix(text name, bool abstract) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t before = abstract ? 1 : 0;
  std::memcpy(address.sun_path + before, name.data(), std::min(name.size(), sizeof address.sun_path - 2));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + before + name.size());
  return with_socket(AF_UNIX, SOCK_STREAM, 0,
                     [&](int made) { return connect(made, reinterpret_cast<const sockaddr*>(&address), size); });
}

}  // namespace

const std::map<std::string, attempt> on_network{
    {"tcp", [](text port, std::string&) { return connect_stream(port, 0); }},
    {"multipath_tcp", [](text port, std::string&) { return connect_stream(port, 262); }},
    {"bind_tcp", bind_tcp},
    {"udp", send_udp},
    {"unix", [](text path, std::string&) { return connect_unix(path, false); }},
    {"abstract", [](text name, std::string&) { return connect_unix(name, true); }},
};

}  // namespace attempts
