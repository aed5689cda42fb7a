// Sockets in the file system: who may listen where. The test's own thread.
#include "app/rpc/unix_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/app/rpc/rpc_test_support.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

bool exists(const std::string& path) {
  struct stat facts {};
  return ::lstat(path.c_str(), &facts) == 0;
}

std::size_t files_beside(const std::string& path) {
  const auto folder = std::filesystem::path{path}.parent_path();
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator{folder}, std::filesystem::directory_iterator{}));
}

}  // namespace

TEST_CASE("A listening socket is its user's alone, and its file goes with it") {
  const scratch_folder folder;
  const auto path = folder.file("socket");
  const auto before = ::umask(0);
  {
    const auto socket = listening_socket::open(path);
    REQUIRE(socket);
    struct stat facts {};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777U) == 0600);
    const auto client = connect_to(path);
    REQUIRE(client);
    CHECK(peer_user(client->get()) == ::geteuid());
    CHECK(files_beside(path) == 1);
  }
  ::umask(before);
  CHECK_FALSE(exists(path));
}

TEST_CASE("A socket on which somebody listens is not taken over") {
  const scratch_folder folder;
  const auto path = folder.file("socket");
  const auto first = listening_socket::open(path);
  REQUIRE(first);
  const auto second = listening_socket::open(path);
  REQUIRE_FALSE(second);
  CHECK(second.error->code == failure_code::invalid_request);
  CHECK(second.error->message.find("listens there already") != std::string::npos);
  CHECK(connect_to(path));
  CHECK(files_beside(path) == 1);
}

TEST_CASE("The socket of a server that is gone is replaced") {
  const scratch_folder folder;
  const auto path = folder.file("socket");
  const auto other = folder.file("other");
  {
    // A killed server leaves its file: this one's is moved away before it is tidied up.
    const auto killed = listening_socket::open(path);
    REQUIRE(killed);
    std::filesystem::rename(path, other);
  }
  std::filesystem::rename(other, path);
  CHECK_FALSE(connect_to(path));
  const auto socket = listening_socket::open(path);
  REQUIRE(socket);
  CHECK(connect_to(path));
  CHECK(files_beside(path) == 1);
}

TEST_CASE("A file that is no socket is left alone") {
  const scratch_folder folder;
  const auto path = folder.file("precious");
  std::ofstream{path} << "text";
  const auto socket = listening_socket::open(path);
  REQUIRE_FALSE(socket);
  CHECK(socket.error->message.find("not replaced") != std::string::npos);
  std::string text;
  std::ifstream{path} >> text;
  CHECK(text == "text");
  CHECK(files_beside(path) == 1);
}

TEST_CASE("A socket that was replaced by another server's is not removed with the first one") {
  const scratch_folder folder;
  const auto path = folder.file("socket");
  std::optional<outcome<listening_socket>> first{listening_socket::open(path)};
  REQUIRE(*first);
  std::filesystem::remove(path);
  const auto second = listening_socket::open(path);
  REQUIRE(second);
  first.reset();
  CHECK(connect_to(path));
}

TEST_CASE("Paths that no socket can have are refused with the reason") {
  const scratch_folder folder;
  CHECK_FALSE(listening_socket::open(""));
  CHECK_FALSE(listening_socket::open(folder.file("no/such/folder/socket")));
  const auto long_path = listening_socket::open(folder.file(std::string(120, 'x')));
  REQUIRE_FALSE(long_path);
  CHECK(long_path.error->message.find("at most") != std::string::npos);
  const auto nobody = connect_to(folder.file("nobody"));
  REQUIRE_FALSE(nobody);
  CHECK(nobody.error->code == failure_code::invalid_request);
  CHECK(nobody.error->message.find("planguild rpc --listen") != std::string::npos);
}
