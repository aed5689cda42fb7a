// Files and sockets to attack. See the header.
#include "grounds.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace planguild::test {
namespace {

namespace fs = std::filesystem;

fs::path binary_folder() {
  const char* directory = std::getenv("PLANGUILD_BINARY_DIR");
  return directory != nullptr ? fs::path(directory) : fs::read_symlink("/proc/self/exe").parent_path();
}

void write(const std::string& path, const std::string& text, unsigned mode) {
  fs::remove(path);
  std::ofstream(path) << text;
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

std::string bound_port(int made) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(made, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  socklen_t size = sizeof address;
  REQUIRE(::getsockname(made, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return std::to_string(ntohs(address.sin_port));
}

void listen_at(int made, const std::string& name, bool abstract) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t before = abstract ? 1 : 0;
  REQUIRE(name.size() + before < sizeof address.sun_path);
  std::memcpy(address.sun_path + before, name.data(), name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + before + name.size());
  REQUIRE(::bind(made, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(made, 64) == 0);
}

}  // namespace

grounds& grounds::get() {
  static grounds the_grounds;
  return the_grounds;
}

grounds::grounds() {
  char name[] = "/tmp/planguild_worker_XXXXXX";
  REQUIRE(::mkdtemp(name) != nullptr);
  path_ = name;
  REQUIRE(::chmod(name, 0755) == 0);
  for (const char* folder : {"/bin", "/home", "/repository", "/scratch"}) fs::create_directory(path_ + folder);
  for (const char* program : {"planguild-worker", "attempt_program"}) {
    fs::copy_file(binary_folder() / program, path_ + "/bin/" + program);
  }
  reset(::geteuid());
  listen_to_everything();
}

grounds::~grounds() {
  for (const int made : sockets_) ::close(made);
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void grounds::listen_to_everything() {
  const auto made = [this](int family, int type) {
    sockets_.push_back(::socket(family, type | SOCK_CLOEXEC, 0));
    REQUIRE(sockets_.back() >= 0);
    return sockets_.back();
  };
  for (std::string* port : {&tcp_port_, &other_tcp_port_}) {
    const int listener = made(AF_INET, SOCK_STREAM);
    *port = bound_port(listener);
    REQUIRE(::listen(listener, 1'024) == 0);
  }
  udp_port_ = bound_port(made(AF_INET, SOCK_DGRAM));
  listen_at(made(AF_UNIX, SOCK_STREAM), unix_socket(), false);
  REQUIRE(::chmod(unix_socket().c_str(), 0777) == 0);
  abstract_ = "planguild_worker_tests_" + std::to_string(::getpid());
  listen_at(made(AF_UNIX, SOCK_STREAM), abstract_, true);
}

void grounds::reset(uid_t user) {
  for (const std::string& folder : {scratch(), repository()}) {
    for (const auto& entry : fs::directory_iterator(folder)) fs::remove_all(entry.path());
  }
  for (const auto& entry : fs::directory_iterator(outside())) {
    if (entry.path() != unix_socket()) fs::remove_all(entry.path());
  }
  write(secret(), "the secret", 0600);
  write(victim(), "the victim", 0600);
  write(readable(), "for all", 0644);
  for (const std::string& path : {writable(), removable()}) write(path, "for all", 0666);
  if (::geteuid() == 0) {
    for (const std::string& path : {secret(), victim(), outside(), scratch(), writable(), removable()}) {
      REQUIRE(::chown(path.c_str(), user, user) == 0);
    }
  }
  REQUIRE(::chmod(scratch().c_str(), 0777) == 0);
}

std::vector<std::string> grounds::grants() const {
  return {"--execute", path_ + "/bin", "--read", repository()};
}

std::vector<std::string> grounds::write_grants() const {
  std::vector<std::string> all = grants();
  all.insert(all.end(), {"--write", scratch(), "--writes-files"});
  return all;
}

std::vector<uid_t> users() {
  if (::geteuid() == 0) return {0, 65'534};
  return {::geteuid()};
}

}  // namespace planguild::test
