// Sockets in the file system: listening so that nobody else can connect and nobody's socket is taken over, connecting,
// and sockets that systemd passes. Any thread; nothing here waits longer than a second, but
// that connect_to waits for its turn where a server's backlog is full.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/host/system/descriptor.hpp"
#include "messages/failure.hpp"

namespace planguild {

/// A listening socket (close-on-exec, non-blocking), unlinked with it if the file is still its own.
class listening_socket {
 public:
  /// Listens at `path` with mode 0600 from the first moment on. The file of a server that is gone is replaced. Fails
  /// with `invalid_request`: a server answers there, something that is no socket is there, the path is longer than a
  /// socket address holds (107 bytes), or the folder refuses.
  static outcome<listening_socket> open(const std::string& path);
  /// Takes over a socket that listens already; its file is not unlinked.
  explicit listening_socket(descriptor listening) : listening_(std::move(listening)) {}

  listening_socket(listening_socket&& other) noexcept = default;
  listening_socket& operator=(listening_socket&& other) = delete;
  ~listening_socket();

  int fd() const noexcept { return listening_.get(); }

 private:
  descriptor listening_;
  std::string path_;  // empty: not ours to unlink
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// The sockets that systemd passes to this process (LISTEN_PID, LISTEN_FDS); empty: none. Takes the variables out of
/// the environment, so that workers do not see them: call it once, before any thread that reads the environment. Fails
/// with `invalid_configuration` if one of them is no listening Unix stream socket.
outcome<std::vector<descriptor>> take_passed_sockets();

/// Connects (close-on-exec, blocking). Fails with `invalid_request`: nobody listens there, or it is not ours to use.
outcome<descriptor> connect_to(const std::string& path);

/// The user at the other end; none if the kernel does not say.
std::optional<uid_t> peer_user(int socket) noexcept;

}  // namespace planguild
