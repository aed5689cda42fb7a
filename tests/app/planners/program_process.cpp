// Starting and talking to a planner program. One test thread.
#include "tests/app/planners/program_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>

namespace planguild::test {

namespace {

constexpr int answer_timeout_ms = 60'000;

}  // namespace

program_process::program_process(const std::string& name) {
  ::signal(SIGPIPE, SIG_IGN);
  const char* folder = std::getenv("PLANGUILD_BINARY_DIR");
  auto path = std::string(folder == nullptr ? "." : folder) + "/planners/" + name;
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  REQUIRE(::pipe2(in.data(), O_CLOEXEC) == 0);
  REQUIRE(::pipe2(out.data(), O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  std::array<char*, 2> argv{path.data(), nullptr};
  int error = ::posix_spawn(&pid_, path.c_str(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  input_ = in[1];
  output_ = out[0];
  INFO(path);
  REQUIRE(error == 0);
}

program_process::~program_process() {
  close_input();
  ::close(output_);
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

void program_process::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    auto count = ::write(input_, bytes.data(), bytes.size());
    if (count < 0) {
      return;  // it ended; what it answered is still to be read
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void program_process::request(const std::string& id, const std::string& method, nlohmann::json params) const {
  write(nlohmann::json{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}}.dump() +
        '\n');
}

nlohmann::json program_process::next() {
  while (buffer_.find('\n') == std::string::npos) {
    pollfd descriptor{output_, POLLIN, 0};
    REQUIRE(::poll(&descriptor, 1, answer_timeout_ms) == 1);
    std::array<char, 65536> chunk{};
    auto count = ::read(output_, chunk.data(), chunk.size());
    if (count <= 0) {
      REQUIRE(buffer_.empty());
      return nullptr;
    }
    buffer_.append(chunk.data(), static_cast<std::size_t>(count));
  }
  auto end = buffer_.find('\n');
  auto line = nlohmann::json::parse(buffer_.substr(0, end));
  buffer_.erase(0, end + 1);
  return line;
}

nlohmann::json program_process::answer() {
  auto line = next();
  while (line.contains("method")) {
    line = next();
  }
  return line;
}

void program_process::close_input() {
  if (input_ >= 0) {
    ::close(input_);
    input_ = -1;
  }
}

int program_process::exit_code() {
  int status = 0;
  REQUIRE(::waitpid(pid_, &status, 0) == pid_);
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace planguild::test
