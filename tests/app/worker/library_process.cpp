// Starting and talking to planguild-library-worker. One test thread.
#include "tests/app/worker/library_process.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace planguild::test {
namespace {

constexpr int wait_ms = 60'000;

std::string binary_directory() {
  const char* directory = std::getenv("PLANGUILD_BINARY_DIR");
  return directory != nullptr ? directory : std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
}

int sealed_copy(const std::string& bytes) {
  const int descriptor = ::memfd_create("library", MFD_ALLOW_SEALING);
  REQUIRE(descriptor >= 0);
  REQUIRE(::write(descriptor, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  REQUIRE(::fcntl(descriptor, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0);
  return descriptor;
}

/// In the child: every one of `calls` is trapped from here on.
bool trap(const std::vector<long>& calls) {
  std::vector<sock_filter> program{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const long call : calls) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

std::string test_library(const std::string& name) {
  std::ifstream file(binary_directory() + "/test_libraries/lib" + name + ".so", std::ios::binary);
  INFO(name);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

library_process::library_process(const library_start& how) {
  (void)std::signal(SIGPIPE, SIG_IGN);
  const int library = sealed_copy(how.bytes);
  std::array<int, 2> socket_ends{};
  std::array<int, 2> error_ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socket_ends.data()) == 0);
  REQUIRE(::pipe2(error_ends.data(), O_CLOEXEC) == 0);
  pid_ = ::fork();
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) set_up_child(how, socket_ends[1], error_ends[1], library);
  ::close(socket_ends[1]);
  ::close(error_ends[1]);
  ::close(library);
  socket_ = socket_ends[0];
  errors_end_ = error_ends[0];
}

void library_process::set_up_child(const library_start& how, int socket, int errors, int library) const {
  std::vector<std::string> arguments{binary_directory() + "/planguild-library-worker"};
  if (how.arguments.empty()) {
    for (const auto& each : {std::string("--library"), std::to_string(library), std::string("--name"), how.name}) {
      arguments.push_back(each);
    }
  } else {
    arguments.insert(arguments.end(), how.arguments.begin(), how.arguments.end());
  }
  auto environment = how.environment;
  const bool done = ::dup2(socket, 0) == 0 && ::dup2(socket, 1) == 1 && ::dup2(errors, 2) == 2 &&
                    (!how.no_new_privileges || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) &&
                    (how.trapped_calls.empty() || trap(how.trapped_calls));
  if (done) ::execve(arguments[0].c_str(), pointers(arguments).data(), pointers(environment).data());
  ::_exit(not_set_up);
}

library_process::~library_process() {
  hang_up();
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(errors_end_);
}

void library_process::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto count = ::write(socket_, bytes.data(), bytes.size());
    if (count < 0) return;  // it ended; what it answered is still to be read
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void library_process::request(const std::string& id, const std::string& method, nlohmann::json params) const {
  write(nlohmann::json{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}}.dump() +
        '\n');
}

nlohmann::json library_process::next() {
  while (buffer_.find('\n') == std::string::npos) {
    pollfd watched{socket_, POLLIN, 0};
    REQUIRE(::poll(&watched, 1, wait_ms) == 1);
    std::array<char, 65'536> chunk{};
    const auto count = ::read(socket_, chunk.data(), chunk.size());
    if (count <= 0) {
      REQUIRE(buffer_.empty());
      return nullptr;
    }
    buffer_.append(chunk.data(), static_cast<std::size_t>(count));
  }
  const auto end = buffer_.find('\n');
  auto line = nlohmann::json::parse(buffer_.substr(0, end));
  buffer_.erase(0, end + 1);
  return line;
}

nlohmann::json library_process::ask(const std::string& method, nlohmann::json params) {
  request("asked", method, std::move(params));
  auto line = next();
  while (line.contains("method")) line = next();
  return line;
}

void library_process::hang_up() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void library_process::read_errors() {
  std::array<char, 4'096> chunk{};
  while (true) {
    pollfd watched{errors_end_, POLLIN, 0};
    REQUIRE(::poll(&watched, 1, wait_ms) == 1);
    const auto count = ::read(errors_end_, chunk.data(), chunk.size());
    if (count <= 0) return;
    errors_.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

int library_process::ending() {
  read_errors();
  int status = 0;
  REQUIRE(::waitpid(pid_, &status, 0) == pid_);
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace planguild::test
