// Sockets in the file system: see the header.
#include "app/rpc/unix_socket.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include "app/host/system/system_reason.hpp"

namespace planguild {
namespace {

constexpr int lock_tries_max = 100;
constexpr std::chrono::milliseconds lock_pause{10};
constexpr int first_passed = 3;  // as sd_listen_fds(3) says
constexpr int passed_max = 16;

/// The path was typed by the operator, so it is shown.
failure refused(const std::string& path, const std::string& what) {
  return failure{failure_code::invalid_request, path + ": " + what, {}, path};
}

std::optional<failure> fill(sockaddr_un& address, const std::string& path) {
  address = {};
  address.sun_family = AF_UNIX;
  if (path.empty()) return refused(path, "a socket needs a path");
  if (path.size() >= sizeof address.sun_path) {
    return refused(path, "a socket's path has at most " + std::to_string(sizeof address.sun_path - 1) +
                             " bytes; this one has " + std::to_string(path.size()));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return std::nullopt;
}

int connect_once(int socket, const sockaddr_un& address) noexcept {
  while (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

descriptor new_socket(int flags) noexcept {
  return descriptor{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0)};
}

enum class found_at_path { nothing, dead_socket, live_socket, something_else };

found_at_path look_at(const std::string& path, const sockaddr_un& address) {
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) != 0)
    return errno == ENOENT ? found_at_path::nothing : found_at_path::something_else;
  if (!S_ISSOCK(facts.st_mode)) return found_at_path::something_else;
  // Non-blocking: a server that is alive but does not accept answers EAGAIN here, and is alive.
  const auto probe = new_socket(SOCK_NONBLOCK);
  const int problem = probe ? connect_once(probe.get(), address) : errno;
  if (problem == ENOENT) return found_at_path::nothing;
  return problem == ECONNREFUSED ? found_at_path::dead_socket : found_at_path::live_socket;
}

/// Holds a lock on the folder of `path` while two servers might both find the same dead socket. Nothing is left behind.
descriptor lock_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? std::string{"."} : path.substr(0, slash + 1);
  descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  for (int tries = 0; opened && ::flock(opened.get(), LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno != EINTR && (errno != EWOULDBLOCK || tries >= lock_tries_max)) return descriptor{};
    std::this_thread::sleep_for(lock_pause);
  }
  return opened;
}

/// Gives the socket at `made` the name `path`, if nobody has it or a dead socket does.
std::optional<failure> put_in_place(const std::string& made, const std::string& path, const sockaddr_un& address) {
  // link(2) never replaces anything, so of two servers that start at once one is told.
  if (::link(made.c_str(), path.c_str()) == 0) {
    ::unlink(made.c_str());
    return std::nullopt;
  }
  if (errno != EEXIST) return refused(path, "cannot be made: " + system_reason());
  const auto lock = lock_folder_of(path);
  if (!lock) return refused(path, "the folder cannot be locked to replace the file there: " + system_reason());
  switch (look_at(path, address)) {
    case found_at_path::live_socket:
      return refused(path, "a server listens there already; stop it, or listen somewhere else");
    case found_at_path::something_else:
      return refused(path, "something that is no socket is there; it is not replaced");
    case found_at_path::dead_socket:
    case found_at_path::nothing:
      break;
  }
  if (::rename(made.c_str(), path.c_str()) != 0) return refused(path, "cannot be replaced: " + system_reason());
  return std::nullopt;
}

std::string taken_from_environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): see the header
  std::string result = value == nullptr ? "" : value;
  ::unsetenv(name);  // NOLINT(concurrency-mt-unsafe)
  return result;
}

bool is_listening_stream(int socket) noexcept {
  const auto option = [socket](int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
  };
  return option(SO_DOMAIN) == AF_UNIX && option(SO_TYPE) == SOCK_STREAM && option(SO_ACCEPTCONN) == 1;
}

}  // namespace

outcome<listening_socket> listening_socket::open(const std::string& path) {
  sockaddr_un address{};
  if (auto problem = fill(address, path)) return *problem;
  // Bound and listening under a name of its own first, so that nobody ever finds it half made.
  const auto made = path + "." + std::to_string(::getpid());
  sockaddr_un made_address{};
  if (auto problem = fill(made_address, made)) {
    return refused(path, "the path is too long: at most " +
                             std::to_string(sizeof address.sun_path - 1 - (made.size() - path.size())) + " bytes");
  }
  auto listening = new_socket(SOCK_NONBLOCK);
  // The mode of the socket becomes the mode of its file, so it is never open to others, whatever the umask.
  if (!listening || ::fchmod(listening.get(), 0600) != 0)
    return refused(path, "no socket can be made: " + system_reason());
  ::unlink(made.c_str());  // left by a process of this number that was killed right here
  if (::bind(listening.get(), reinterpret_cast<const sockaddr*>(&made_address), sizeof made_address) != 0) {
    return refused(path, "cannot be made: " + system_reason());
  }
  std::optional<failure> problem;
  struct stat facts {};
  if (::listen(listening.get(), SOMAXCONN) != 0 || ::stat(made.c_str(), &facts) != 0) {
    problem = refused(path, "cannot be listened at: " + system_reason());
  } else {
    problem = put_in_place(made, path, address);
  }
  if (problem) {
    ::unlink(made.c_str());
    return *problem;
  }
  listening_socket result{std::move(listening)};
  result.path_ = path;
  result.device_ = facts.st_dev;
  result.inode_ = facts.st_ino;
  return result;
}

listening_socket::~listening_socket() {
  struct stat facts {};
  if (listening_ && !path_.empty() && ::lstat(path_.c_str(), &facts) == 0 && facts.st_dev == device_ &&
      facts.st_ino == inode_) {
    ::unlink(path_.c_str());
  }
}

outcome<std::vector<descriptor>> take_passed_sockets() {
  const auto process = taken_from_environment("LISTEN_PID");
  const auto count_text = taken_from_environment("LISTEN_FDS");
  (void)taken_from_environment("LISTEN_FDNAMES");
  std::vector<descriptor> sockets;
  if (process != std::to_string(::getpid())) return sockets;
  const auto wrong = [](const std::string& what) {
    return make_failure(failure_code::invalid_configuration, what, {}, "LISTEN_FDS");
  };
  const bool is_number =
      !count_text.empty() && count_text.size() <= 2 && count_text.find_first_not_of("0123456789") == std::string::npos;
  const int count = is_number ? std::stoi(count_text) : -1;
  if (count < 0 || count > passed_max) {
    return wrong("LISTEN_FDS must be a number from 0 to " + std::to_string(passed_max) + ".");
  }
  for (int number = first_passed; number < first_passed + count; ++number) {
    if (!is_listening_stream(number)) {
      return wrong("The passed descriptor " + std::to_string(number) +
                   " is no listening Unix stream socket; the .socket unit needs ListenStream=PATH.");
    }
    (void)::fcntl(number, F_SETFD, FD_CLOEXEC);
    (void)::fcntl(number, F_SETFL, ::fcntl(number, F_GETFL) | O_NONBLOCK);
    sockets.emplace_back(number);
  }
  return sockets;
}

outcome<descriptor> connect_to(const std::string& path) {
  sockaddr_un address{};
  if (auto problem = fill(address, path)) return *problem;
  auto socket = new_socket(0);
  if (!socket) return refused(path, "no socket can be made: " + system_reason());
  const int problem = connect_once(socket.get(), address);
  if (problem == 0) return socket;
  if (problem == ENOENT || problem == ECONNREFUSED) {
    return refused(path, "no runtime listens there; start one with `planguild rpc --listen " + path + "`");
  }
  return refused(path, "cannot be connected to: " + system_reason(problem));
}

std::optional<uid_t> peer_user(int socket) noexcept {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  return peer.uid;
}

}  // namespace planguild
