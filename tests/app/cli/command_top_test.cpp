// Commands on a pseudo-terminal and elsewhere, end to end with the built program: top watching a running runtime, and
// how warnings look.
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <spawn.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string_view>
#include <thread>

#include "tests/app/cli/command_fixture.hpp"

using namespace planguild::test;

namespace {

constexpr std::chrono::seconds bound{30};  // never waited for unless something is broken
constexpr std::string_view leave_sequence = "\x1b[?7h\x1b[?25h\x1b[?1049l";

/// planguild in the background; killed with its scope.
class background {
 public:
  /// `descriptor` becomes its standard input, output and error.
  background(const guild_folder& guild, std::vector<std::string> arguments, int descriptor) {
    arguments.insert(arguments.begin(), binary_folder() + "/planguild");
    std::vector<std::string> environment = {"PATH=/usr/bin:/bin", "TERM=xterm", "FACTORY_ALLOWED_PLANNERS=*",
                                            "FACTORY_PLANNER_PATH=" + guild.path("planners"),
                                            "XDG_STATE_HOME=" + guild.path("state")};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int target = 0; target <= 2; ++target) posix_spawn_file_actions_adddup2(&actions, descriptor, target);
    const int problem = ::posix_spawn(&child_, arguments.front().c_str(), &actions, nullptr, pointers(arguments).data(),
                                      pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    REQUIRE(problem == 0);
  }
  ~background() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    (void)::waitpid(child_, nullptr, 0);
  }
  background(const background&) = delete;
  background& operator=(const background&) = delete;

  void signal(int which) const { ::kill(child_, which); }
  /// Its exit code, or 128 + signal; -1 if it does not end.
  int wait() {
    const auto deadline = std::chrono::steady_clock::now() + bound;
    int status = 0;
    while (::waitpid(child_, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() > deadline) return -1;
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    child_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t child_ = 0;
};

/// A running runtime with one planner, and its socket.
struct watched_guild {
  watched_guild() : null(::open("/dev/null", O_RDWR | O_CLOEXEC)) {
    REQUIRE(null >= 0);
    folder.add_planner("good_planner", two_tasks());
    server = std::make_unique<background>(folder, std::vector<std::string>{"rpc", "--listen", socket()}, null);
    const auto deadline = std::chrono::steady_clock::now() + bound;
    while (!std::filesystem::exists(socket())) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    // From now on it knows its planners.
    REQUIRE(folder.run({"discover", "--attach", socket()}).exit_code == 0);
  }
  ~watched_guild() { ::close(null); }
  watched_guild(const watched_guild&) = delete;
  watched_guild& operator=(const watched_guild&) = delete;
  std::string socket() const { return folder.path("socket"); }

  guild_folder folder;
  int null;
  std::unique_ptr<background> server;
};

/// Both ends of a pseudo-terminal or a pipe, and what was written to it.
struct channel {
  explicit channel(bool is_terminal) {
    if (is_terminal) {
      winsize window{20, 90, 0, 0};
      REQUIRE(::openpty(&ends[0], &ends[1], nullptr, nullptr, &window) == 0);
    } else {
      REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    }
    for (const int end : ends) REQUIRE(::fcntl(end, F_SETFD, FD_CLOEXEC) == 0);
  }
  ~channel() {
    for (const int end : ends) ::close(end);
  }
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;

  /// Reads until `part` was written `times` times; false after the bound.
  bool sees(std::string_view part, int times) {
    const auto deadline = std::chrono::steady_clock::now() + bound;
    while (count(part) < times) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      read_some(10);
    }
    return true;
  }
  /// What is still there.
  void finish() {
    while (read_some(0)) {
    }
  }
  bool read_some(int wait_ms) {
    std::array<char, 16'384> chunk{};
    pollfd watched{ends[0], POLLIN, 0};
    if (::poll(&watched, 1, wait_ms) <= 0) return false;
    const auto size = ::read(ends[0], chunk.data(), chunk.size());
    if (size > 0) text.append(chunk.data(), static_cast<std::size_t>(size));
    return size > 0;
  }
  int count(std::string_view part) const {
    int found = 0;
    for (auto place = text.find(part); place != std::string::npos; place = text.find(part, place + 1)) ++found;
    return found;
  }

  std::array<int, 2> ends = {-1, -1};
  std::string text;
};

bool same_settings(const termios& left, const termios& right) {
  return left.c_lflag == right.c_lflag && left.c_iflag == right.c_iflag && left.c_oflag == right.c_oflag &&
         std::memcmp(&left.c_cc[0], &right.c_cc[0], sizeof left.c_cc) == 0;
}

}  // namespace

TEST_CASE("Top redraws a running runtime and gives the terminal back however it ends") {
  const watched_guild guild;
  channel terminal{true};
  termios before{};
  REQUIRE(::tcgetattr(terminal.ends[1], &before) == 0);
  background top{guild.folder, {"top", "--attach", guild.socket(), "--interval", "0.1"}, terminal.ends[1]};
  REQUIRE(terminal.sees("\x1b[H", 2));
  CHECK(has(terminal.text, "1 active, 0 pending, 0 quarantined"));
  CHECK(has(terminal.text, "good_planner"));
  SECTION("by its key") {
    REQUIRE(::write(terminal.ends[0], "q", 1) == 1);
  }
  SECTION("by an interrupt") {
    top.signal(SIGINT);
  }
  SECTION("by a request to end") {
    top.signal(SIGTERM);
  }
  CHECK(top.wait() == 0);
  terminal.finish();
  CHECK(terminal.text.ends_with(leave_sequence));
  CHECK(terminal.count(leave_sequence) == 1);
  termios after{};
  REQUIRE(::tcgetattr(terminal.ends[1], &after) == 0);
  CHECK(same_settings(before, after));
}

TEST_CASE("Top says so when its runtime is gone, on a terminal that is as it was") {
  watched_guild guild;
  channel terminal{true};
  background top{guild.folder, {"top", "--attach", guild.socket(), "--interval", "0.1"}, terminal.ends[1]};
  REQUIRE(terminal.sees("\x1b[H", 1));
  guild.server->signal(SIGTERM);
  CHECK(top.wait() == 1);
  terminal.finish();
  const auto left = terminal.text.find(leave_sequence);
  REQUIRE(left != std::string::npos);
  CHECK(has(terminal.text.substr(left), "planguild: "));
}

TEST_CASE("Where there is no terminal, frames stand one below the other, as JSON one on each line") {
  const watched_guild guild;
  channel pipe{false};
  SECTION("text") {
    background top{guild.folder, {"top", "--attach", guild.socket(), "--interval", "0.1"}, pipe.ends[1]};
    REQUIRE(pipe.sees("\ngood_planner ", 2));
    top.signal(SIGINT);
    CHECK(top.wait() == 0);
    CHECK_FALSE(has(pipe.text, "\x1b"));
  }
  SECTION("JSON") {
    background top{guild.folder, {"top", "--attach", guild.socket(), "--interval", "0.1", "--json"}, pipe.ends[1]};
    REQUIRE(pipe.sees("\n", 2));
    top.signal(SIGINT);
    CHECK(top.wait() == 0);
    CHECK(json_of(pipe.text.substr(0, pipe.text.find('\n')))["stats"]["active"] == 1);
  }
}

TEST_CASE("One frame of a running runtime is an answer like others") {
  const watched_guild guild;
  const auto result = guild.folder.run({"top", "--once", "--attach", guild.socket()});
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "good_planner"));
  CHECK(result.errors.empty());
  const auto nobody = guild.folder.run({"top", "--attach", guild.folder.path("nowhere")});
  CHECK(nobody.exit_code != 0);
  CHECK(nobody.output.empty());
}

TEST_CASE("What is written to a file from a terminal is whole and without colours") {
  guild_folder folder;
  const std::string name = "planner_" + std::string(50, 'y');
  folder.add_planner(name, two_tasks());
  const auto file = folder.path("answer.txt");
  channel terminal{true};
  background select{folder, {"select", "Do it", "--explain", "--out", file}, terminal.ends[1]};
  CHECK(select.wait() == 0);
  const auto text = read_text(file);
  CHECK(has(text, "every planner\n" + name + "  chosen"));
  CHECK_FALSE(has(text, "\x1b"));
  CHECK_FALSE(has(text, "…"));
  background coloured{folder, {"select", "Do it", "--color", "always", "--out", file}, terminal.ends[1]};
  CHECK(coloured.wait() == 0);
  CHECK(has(read_text(file), "\x1b"));
}

TEST_CASE("Warnings are sentences on a terminal, and JSON where a program may read them") {
  guild_folder folder;
  folder.folder().write("planners/broken_one.planner.json", "{");
  const auto manifest = folder.path("planners/broken_one.planner.json");
  channel terminal{true};
  background list{folder, {"list"}, terminal.ends[1]};
  (void)list.wait();
  terminal.finish();
  INFO(terminal.text);
  CHECK(has(terminal.text, "warning: "));
  CHECK(has(terminal.text, "(" + manifest + ")\r\n"));
  CHECK_FALSE(has(terminal.text, "\"level\""));
  const auto elsewhere = folder.run({"list"});
  INFO(elsewhere.errors);
  CHECK(json_of(elsewhere.errors.substr(0, elsewhere.errors.find('\n')))["level"] == "warning");
}
