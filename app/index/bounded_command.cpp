// posix_spawn, two pipes and poll. Owned by app/index; blocks the calling thread.
#include "app/index/bounded_command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

namespace planguild {

namespace {

constexpr std::size_t error_text_bytes_max = 2048;
constexpr int stop_check_ms = 100;

class pipe_pair {
 public:
  pipe_pair() { ok_ = ::pipe2(ends_.data(), O_CLOEXEC) == 0; }
  ~pipe_pair() {
    close_end(0);
    close_end(1);
  }
  pipe_pair(const pipe_pair&) = delete;
  pipe_pair& operator=(const pipe_pair&) = delete;

  bool ok() const { return ok_; }
  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void close_end(std::size_t end) {
    if (ends_[end] >= 0) {
      ::close(ends_[end]);
      ends_[end] = -1;
    }
  }

 private:
  std::array<int, 2> ends_{-1, -1};
  bool ok_ = false;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> list;
  list.reserve(texts.size() + 1);
  for (const auto& text : texts) {
    list.push_back(
        const_cast<char*>(text.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast): posix_spawn's type
  }
  list.push_back(nullptr);
  return list;
}

// The child gets an empty signal mask, default handlers and a process group of its own; 0 if it could not be started.
pid_t spawn(const bounded_command& command, const pipe_pair& output, const pipe_pair& errors) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output.write_end(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, errors.write_end(), 2);
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  auto argv = pointers(command.argv);
  auto environment = pointers(command.environment);
  pid_t pid = 0;
  int error = ::posix_spawn(&pid, argv[0], &actions, &attributes, argv.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return error == 0 ? pid : 0;
}

// Reads once into `text`; false at the end of the stream.
bool read_some(int fd, std::string& text, std::size_t bytes_max, bool& cut) {
  std::array<char, 65536> buffer{};
  auto count = ::read(fd, buffer.data(), buffer.size());
  if (count < 0) {
    return errno == EINTR || errno == EAGAIN;
  }
  auto room = bytes_max - std::min(bytes_max, text.size());
  cut = cut || static_cast<std::size_t>(count) > room;
  text.append(buffer.data(), std::min(room, static_cast<std::size_t>(count)));
  return count > 0;
}

// Reads both streams to their ends; false if the time, the bound or the caller's stop came first.
bool collect(const bounded_command& command, const pipe_pair& output, const pipe_pair& errors, command_result& result) {
  using clock = std::chrono::steady_clock;
  const auto deadline = clock::now() + std::chrono::milliseconds(command.timeout_ms);
  std::array<pollfd, 2> streams{pollfd{output.read_end(), POLLIN, 0}, pollfd{errors.read_end(), POLLIN, 0}};
  bool errors_cut = false;
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now()).count();
    result.timed_out = left <= 0;
    if (result.timed_out || result.truncated || (command.stop != nullptr && command.stop->load())) {
      return false;
    }
    int wait_ms = static_cast<int>(command.stop == nullptr ? left : std::min<std::int64_t>(left, stop_check_ms));
    if (::poll(streams.data(), streams.size(), wait_ms) <= 0) {
      continue;
    }
    if (streams[0].revents != 0 &&
        !read_some(streams[0].fd, result.output, command.output_bytes_max, result.truncated)) {
      streams[0].fd = -1;
    }
    if (streams[1].revents != 0 && !read_some(streams[1].fd, result.error_text, error_text_bytes_max, errors_cut)) {
      streams[1].fd = -1;
    }
  }
  return true;
}

}  // namespace

command_result run_bounded(const bounded_command& command) {
  command_result result;
  pipe_pair output;
  pipe_pair errors;
  if (command.argv.empty() || !output.ok() || !errors.ok()) {
    return result;
  }
  pid_t pid = spawn(command, output, errors);
  if (pid == 0) {
    return result;
  }
  result.started = true;
  output.close_end(1);
  errors.close_end(1);
  bool complete = collect(command, output, errors, result);
  if (!complete) {
    ::kill(-pid, SIGKILL);
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  result.exited_ok = complete && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return result;
}

}  // namespace planguild
