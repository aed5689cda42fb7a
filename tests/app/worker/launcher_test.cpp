// planguild-worker run by hand: each step that can fail has its exit code and one line on standard error.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "app/worker/exit_codes.hpp"

namespace {

struct ended {
  int exit_code = -1;
  std::string errors;
};

std::string launcher() {
  const char* directory = std::getenv("PLANGUILD_BINARY_DIR");
  const std::filesystem::path beside = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  return (directory != nullptr ? std::filesystem::path(directory) : beside) / "planguild-worker";
}

ended run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), launcher());
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  pid_t pid = 0;
  REQUIRE(::posix_spawn(&pid, pointers[0], &actions, nullptr, pointers.data(), environ) == 0);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  ended result;
  char buffer[512];
  for (ssize_t size = 0; (size = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    result.errors.append(buffer, static_cast<std::size_t>(size));
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

std::string me() {
  return std::to_string(::getpid());
}

}  // namespace

TEST_CASE("The launcher becomes the program") {
  CHECK(run({"--parent", me(), "--directory", "/", "--", "/bin/true"}).exit_code == 0);
  CHECK(run({"--parent", me(), "--directory", "/", "--", "/bin/false"}).exit_code == 1);
}

TEST_CASE("Each step of the launcher that fails has its own exit code and says why in one line") {
  using namespace planguild;
  const auto check = [](const ended& result, int exit_code, const std::string& words) {
    CHECK(result.exit_code == exit_code);
    CHECK(result.errors.rfind("planguild-worker: ", 0) == 0);
    CHECK(result.errors.find(words) != std::string::npos);
    CHECK(result.errors.find('\n') == result.errors.size() - 1);
  };
  check(run({}), worker_exit::usage, "usage");
  check(run({"--parent", me(), "--directory", "/", "--"}), worker_exit::usage, "usage");
  check(run({"--parent", "x", "--directory", "/", "--", "/bin/true"}), worker_exit::usage, "usage");
  check(run({"--parent", "-1", "--directory", "/", "--", "/bin/true"}), worker_exit::usage, "usage");
  check(run({"--parent", "1", "--directory", "/", "--", "/bin/true"}), worker_exit::parent_gone, "host is gone");
  check(run({"--parent", me(), "--directory", "/nowhere", "--", "/bin/true"}), worker_exit::working_directory,
        "/nowhere");
  check(run({"--parent", me(), "--directory", "/", "--", "/nowhere"}), worker_exit::missing, "No such file");
  check(run({"--parent", me(), "--directory", "/", "--", "/etc/passwd"}), worker_exit::not_executable, "denied");
  check(run({"--parent", me(), "--directory", "/", "--", "/usr"}), worker_exit::not_executable, "denied");
}
