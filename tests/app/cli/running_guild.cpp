// planguild rpc in a process of its own: see the header.
#include "tests/app/cli/running_guild.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <utility>

namespace planguild::test {
running_guild::running_guild(const guild_folder& folder, std::vector<std::string> variables)
    : socket_(folder.path("socket")) {
  start(folder, {binary_folder() + "/planguild", "rpc", "--listen", socket_, "--quiet"}, std::move(variables), -1);
  wait_for_socket();
}

running_guild::running_guild(const guild_folder& folder, std::vector<std::string> variables,
                             const std::string& errors_file)
    : socket_(folder.path("socket")) {
  start(folder, {binary_folder() + "/planguild", "rpc", "--listen", socket_}, std::move(variables), -1, errors_file);
  wait_for_socket();
}

running_guild::running_guild(const guild_folder& folder, std::string path, int listening) : socket_(std::move(path)) {
  start(folder, {"/bin/sh", "-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec '" + binary_folder() + "/planguild' rpc --quiet"},
        {}, listening);
}

running_guild::running_guild(const guild_folder& folder, const std::string& activator,
                             std::vector<std::string> arguments)
    : socket_(folder.path("socket")) {
  std::vector<std::string> call = {activator, "-l", socket_};
  // It hands on only what it is told to.
  for (const auto* name :
       {"HOME", "FACTORY_ALLOWED_PLANNERS", "FACTORY_SANDBOX", "FACTORY_PLANNER_PATH", "XDG_STATE_HOME"}) {
    call.insert(call.end(), {"-E", name});
  }
  call.push_back(binary_folder() + "/planguild");
  call.insert(call.end(), arguments.begin(), arguments.end());
  start(folder, std::move(call), {}, -1, folder.path("activation"));
  wait_for_socket();
}

int running_guild::stop() {
  if (process_ == 0) return exit_code_;
  ::kill(process_, SIGTERM);
  return wait();
}

int running_guild::wait() {
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = 0;
  return exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void running_guild::wait_for_socket() const {
  for (int tries = 0; tries < 3'000 && !std::filesystem::exists(socket_); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  REQUIRE(std::filesystem::exists(socket_));
}

void running_guild::start(const guild_folder& folder, std::vector<std::string> arguments,
                          std::vector<std::string> variables, int passed_socket, const std::string& errors_file) {
  variables.insert(variables.end(),
                   {"PATH=" + std::string{std::getenv("PATH")}, "HOME=/nowhere", "FACTORY_ALLOWED_PLANNERS=*",
                    "FACTORY_SANDBOX=off", "FACTORY_ALERT_INSTANTIATION_S=60",
                    "FACTORY_PLANNER_PATH=" + folder.path("planners"), "XDG_STATE_HOME=" + folder.path("state")});
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (passed_socket >= 0) posix_spawn_file_actions_adddup2(&actions, passed_socket, 3);
  if (!errors_file.empty()) {
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  }
  const int problem = ::posix_spawn(&process_, arguments[0].c_str(), &actions, nullptr, pointers(arguments).data(),
                                    pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  REQUIRE(problem == 0);
}

}  // namespace planguild::test
