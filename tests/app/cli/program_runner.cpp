// Running the built planguild. Test support; any thread.
#include "tests/app/cli/program_runner.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace planguild::test {
namespace {

constexpr std::chrono::seconds bound{60};
constexpr int look_ms = 20;  // how often deadline and interrupt are looked at

struct pipe_ends {
  pipe_ends() { REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0); }
  ~pipe_ends() {
    close_end(0);
    close_end(1);
  }
  pipe_ends(const pipe_ends&) = delete;
  pipe_ends& operator=(const pipe_ends&) = delete;
  void close_end(std::size_t which) {
    if (ends[which] >= 0) ::close(ends[which]);
    ends[which] = -1;
  }
  std::array<int, 2> ends = {-1, -1};
};

/// Reads what is there; closes the reading end at the end of the stream.
void drain(pipe_ends& from, std::string& into) {
  std::array<char, 65'536> chunk{};
  const auto count = ::read(from.ends[0], chunk.data(), chunk.size());
  if (count > 0) {
    into.append(chunk.data(), static_cast<std::size_t>(count));
  } else {
    from.close_end(0);
  }
}

void collect(pid_t child, const program_call& call, pipe_ends& output, pipe_ends& errors, program_result& result) {
  const auto deadline = std::chrono::steady_clock::now() + bound;
  bool is_interrupt_due = !call.interrupt_when_exists.empty();
  while (output.ends[0] >= 0 || errors.ends[0] >= 0) {
    std::array<pollfd, 2> watched = {{{output.ends[0], POLLIN, 0}, {errors.ends[0], POLLIN, 0}}};
    (void)::poll(watched.data(), watched.size(), look_ms);
    if (watched[0].revents != 0) drain(output, result.output);
    if (watched[1].revents != 0) drain(errors, result.errors);
    if (is_interrupt_due && std::filesystem::exists(call.interrupt_when_exists)) {
      ::kill(child, SIGINT);
      is_interrupt_due = false;
    }
    if (std::chrono::steady_clock::now() > deadline) {
      ::kill(child, SIGKILL);
      result.errors += "\n(killed by the test)";
      return;
    }
  }
}

}  // namespace

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::string binary_folder() {
  const char* folder = std::getenv("PLANGUILD_BINARY_DIR");
  REQUIRE(folder != nullptr);
  return folder;
}

program_result run_planguild(const program_call& call) {
  std::vector<std::string> arguments = call.through;
  arguments.push_back(binary_folder() + "/planguild");
  const auto program = arguments.front();
  arguments.insert(arguments.end(), call.arguments.begin(), call.arguments.end());
  temporary_folder folder;
  // The superuser could make a folder anywhere; nothing can be made below this one's only file.
  std::vector<std::string> environment = {"PATH=/usr/bin:/bin", "HOME=" + folder.path() + "/input"};
  environment.insert(environment.end(), call.environment.begin(), call.environment.end());

  const auto input = folder.write("input", call.input);
  pipe_ends output;
  pipe_ends errors;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output.ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, errors.ends[1], 2);
  for (int descriptor = 0; call.no_descriptors && descriptor <= 2; ++descriptor) {
    posix_spawn_file_actions_addclose(&actions, descriptor);
  }
  if (call.closed_output) output.close_end(0);
  pid_t child = 0;
  const int problem = ::posix_spawn(&child, program.c_str(), &actions, nullptr, pointers(arguments).data(),
                                    pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  REQUIRE(problem == 0);
  output.close_end(1);
  errors.close_end(1);
  program_result result;
  collect(child, call, output, errors, result);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.exit_code = WTERMSIG(status) == SIGKILL ? -1 : 128 + WTERMSIG(status);
  return result;
}

temporary_folder::temporary_folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "planguild-test-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
  std::filesystem::remove_all(path_, ignored);
}

std::string temporary_folder::write(const std::string& name, const std::string& text, unsigned mode) const {
  auto path = path_ + "/" + name;
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
  std::ofstream{path, std::ios::binary} << text;
  ::chmod(path.c_str(), mode);
  return path;
}

std::string read_text(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace planguild::test
