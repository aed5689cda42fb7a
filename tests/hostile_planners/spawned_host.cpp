// See the header.
#include "tests/hostile_planners/spawned_host.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

#include "tests/hostile_planners/hostile_world.hpp"
#include "tests/hostile_planners/leftovers.hpp"

namespace planguild::test {
namespace {

constexpr int host_patience_ms = 60'000;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

spawned_host::spawned_host(const host_call& call) {
  std::vector<std::string> command;
  if (!call.without.empty()) {
    command.push_back(zoo_binary("without_calls"));
    command.insert(command.end(), call.without.begin(), call.without.end());
    command.emplace_back("--");
  }
  command.push_back(zoo_binary("hostile_host"));
  command.insert(command.end(), call.arguments.begin(), call.arguments.end());
  auto environment = call.environment;
  environment.emplace_back("PATH=/usr/bin:/bin");
  int output[2];
  int errors[2];
  if (::pipe2(output, O_CLOEXEC) != 0 || ::pipe2(errors, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors[1], STDERR_FILENO);
  const int failed = ::posix_spawn(&child_, command.front().c_str(), &actions, nullptr, pointers(command).data(),
                                   pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(output[1]);
  ::close(errors[1]);
  output_ = output[0];
  errors_ = errors[0];
  if (failed != 0) throw std::runtime_error("cannot run " + command.front());
}

spawned_host::~spawned_host() {
  if (child_ > 0) {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  ::close(output_);
  ::close(errors_);
}

bool spawned_host::next_line(std::string& line) {
  while (true) {
    const auto end = waiting_.find('\n');
    if (end != std::string::npos) {
      line = waiting_.substr(0, end);
      waiting_.erase(0, end + 1);
      return true;
    }
    pollfd entry{output_, POLLIN, 0};
    char bytes[4'096];
    if (::poll(&entry, 1, host_patience_ms) != 1) return false;
    const auto got = ::read(output_, bytes, sizeof bytes);
    if (got <= 0) return false;
    waiting_.append(bytes, static_cast<std::size_t>(got));
  }
}

int spawned_host::wait(std::string& errors) {
  int status = 0;
  if (!eventually([&] { return ::waitpid(child_, &status, WNOHANG) == child_; })) return -1;
  child_ = -1;
  // What is left of its planners would hold the pipe open: read what is there.
  ::fcntl(errors_, F_SETFL, O_NONBLOCK);
  char bytes[4'096];
  for (ssize_t got = 1; got > 0;) {
    got = ::read(errors_, bytes, sizeof bytes);
    if (got > 0) errors.append(bytes, static_cast<std::size_t>(got));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void spawned_host::kill() {
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
  child_ = -1;
}

}  // namespace planguild::test
