// The process runner against real processes: starting and talking.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "messages/limits.hpp"
#include "tests/app/host/system/process_test_support.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

bool contains(const std::vector<std::string>& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

std::size_t count_prefix(const std::vector<std::string>& lines, const std::string& prefix) {
  return static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(), [&](const auto& line) { return line.rfind(prefix, 0) == 0; }));
}

/// One start that must fail: its only event.
process_event only_event(process_command command, const std::string& launcher = binary("planguild-worker")) {
  event_collector events;
  const auto runner = make_process_runner({launcher});
  runner->start(std::move(command), events.sink());
  const process_event last = events.wait_exited();
  CHECK(events.now().size() == 1);
  CHECK(runner->statistics().started == 0);
  return last;
}

}  // namespace

TEST_CASE("A child answers line by line, and each line arrives whole and in order") {
  event_collector events;
  const auto runner = real_runner();
  const auto id = runner->start(scripted({"echo"}), events.sink());
  for (int index = 0; index < 100; ++index) runner->send_line(id, "number " + std::to_string(index));
  events.wait_line("echo number 99");
  const auto lines = events.lines();
  REQUIRE(lines.size() == 100);
  for (int index = 0; index < 100; ++index) {
    CHECK(lines[static_cast<std::size_t>(index)] == "echo number " + std::to_string(index));
  }
  const auto all = events.now();
  CHECK(all.front().kind == process_event_kind::started);
  CHECK(all.front().process > 0);
  CHECK(runner->statistics().alive == 1);
  runner->kill(id);
  const auto last = events.wait_exited();
  CHECK(last.signal == SIGKILL);
  CHECK_FALSE(last.exit_code);
  CHECK(last.processes_left == 0);
  CHECK(last.process == all.front().process);
  CHECK(events.count(process_event_kind::exited) == 1);
}

TEST_CASE("A line of the greatest allowed length goes to the child and back") {
  event_collector events;
  const auto runner = real_runner();
  const auto id = runner->start(scripted({"echo"}), events.sink());
  const std::string line(limits::protocol_line_bytes_max - 16, 'z');
  runner->send_line(id, line);
  CHECK(events.wait_line("echo ") == line);
}

TEST_CASE("What cannot be started is reported once, with the reason") {
  auto command = scripted({"echo"});
  SECTION("a missing program") {
    command.argv[0] = "/nowhere/at/all";
    CHECK(only_event(command).start_error.find("missing") != std::string::npos);
  }
  SECTION("a directory") {
    command.argv[0] = "/usr";
    CHECK(only_event(command).start_error.find("not a regular file") != std::string::npos);
  }
  SECTION("a file that is not executable") {
    command.argv[0] = "/etc/passwd";
    CHECK(only_event(command).start_error.find("not executable") != std::string::npos);
  }
  SECTION("a relative path") {
    command.argv[0] = "./scripted_child";
    CHECK(only_event(command).start_error.find("not absolute") != std::string::npos);
  }
  SECTION("a bare name that no system folder has") {
    command.argv[0] = "scripted_child";
    CHECK(only_event(command).start_error.find("neither in /usr/bin nor in /bin") != std::string::npos);
  }
  SECTION("no program") {
    command.argv.clear();
    CHECK_FALSE(only_event(command).start_error.empty());
  }
  SECTION("a zero byte in an argument") {
    command.argv.emplace_back("a\0b", 3);
    CHECK(only_event(command).start_error.find("zero byte") != std::string::npos);
  }
  SECTION("a missing working directory") {
    command.directory = "/nowhere/at/all";
    CHECK(only_event(command).start_error.find("working directory") != std::string::npos);
  }
  SECTION("a builtin") {
    command.kind = entry_kind::builtin;
    CHECK_FALSE(only_event(command).start_error.empty());
  }
  SECTION("no launcher") {
    CHECK(only_event(command, "").start_error.find("planguild-worker") != std::string::npos);
  }
  SECTION("arguments over the system's bound") {
    command.argv.emplace_back(16U * 1'024 * 1'024, 'a');
    CHECK(only_event(command).start_error.find("could not be started") != std::string::npos);
  }
}

TEST_CASE("A bare name is looked up in the system's folders") {
  event_collector events;
  const auto runner = real_runner();
  auto command = scripted({});
  command.argv = {"sh", "-c", "exit 7"};
  runner->start(command, events.sink());
  CHECK(events.wait_exited().exit_code == 7);
}

TEST_CASE("A script whose interpreter is missing ends with code 127 and says so on standard error") {
  const test_folder folder;
  folder.write("mine", "#!/nowhere/interpreter\n", 0755);
  event_collector events;
  const auto runner = real_runner();
  auto command = scripted({});
  command.directory = folder.path();
  command.files = {"mine"};
  command.argv = {folder.path() + "/mine"};
  runner->start(command, events.sink());
  const auto last = events.wait_exited();
  CHECK(last.exit_code == 127);
  CHECK(last.start_error.empty());
  CHECK(last.stderr_tail.find("planguild-worker: program: ") != std::string::npos);
  CHECK(last.stderr_tail.find("/mine: ") != std::string::npos);
}

TEST_CASE("A child that exits at once is reported with its code") {
  event_collector events;
  const auto runner = real_runner();
  const auto id = runner->start(scripted({"exit", "7"}), events.sink());
  runner->send_line(id, "too late, perhaps");
  const auto last = events.wait_exited();
  CHECK(last.exit_code == 7);
  CHECK_FALSE(last.signal);
  CHECK(last.start_error.empty());
  runner->send_line(id, "certainly too late");
  runner->kill(id);
  CHECK(events.count(process_event_kind::exited) == 1);
  CHECK(runner->statistics().alive == 0);
  CHECK(runner->statistics().started == 1);
}

TEST_CASE("A child that aborts is reported with its signal and its last words") {
  event_collector events;
  const auto runner = real_runner();
  runner->start(scripted({"abort"}), events.sink());
  const auto last = events.wait_exited();
  CHECK(last.signal == SIGABRT);
  CHECK(last.stderr_tail == "about to abort\n");
}

TEST_CASE("Noise is framed like anything else, for the reader of the lines to judge") {
  event_collector events;
  const auto runner = real_runner();
  runner->start(scripted({"noise"}), events.sink());
  events.wait_exited();
  CHECK(events.lines() == std::vector<std::string>{std::string("\x00\xff\x01 noise", 9), "", "{{{"});
}

TEST_CASE("Half a line at the end is handed over with the closing, before the exit") {
  event_collector events;
  const auto runner = real_runner();
  runner->start(scripted({"half"}), events.sink());
  events.wait_exited();
  const auto all = events.now();
  REQUIRE(all.size() == 5);
  CHECK(all[2].text == "one");
  CHECK(all[3].kind == process_event_kind::output_closed);
  CHECK(all[3].text == "hal");
}

TEST_CASE("All lines that were written before the exit come before the exit") {
  event_collector events;
  const auto runner = real_runner();
  runner->start(scripted({"many_lines_then_exit", "5000"}), events.sink());
  events.wait_exited();
  const auto lines = events.lines();
  REQUIRE(lines.size() == 5'000);
  CHECK(lines.back() == "line 4999");
}

TEST_CASE("A line over the bound is reported once, and nothing after it is read") {
  event_collector events;
  const auto runner = real_runner();
  const auto id = runner->start(scripted({"long", std::to_string(5 * 1'024 * 1'024)}), events.sink());
  events.wait_kind(process_event_kind::line_too_long);
  runner->kill(id);
  events.wait_exited();
  CHECK(events.lines() == std::vector<std::string>{"before"});
  CHECK(events.count(process_event_kind::line_too_long) == 1);
  CHECK(events.count(process_event_kind::output_closed) == 0);
}

TEST_CASE("The environment is made anew and only the standard descriptors are open") {
  const int kept_open = ::open("/dev/null", O_RDONLY);  // without close-on-exec, as a careless host has it
  ::setenv("PLANGUILD_TEST_SECRET", "do not show this", 1);
  (void)std::signal(SIGUSR1, SIG_IGN);
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR2);
  sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  event_collector events;
  {
    const auto runner = real_runner();
    auto command = unsandboxed(scripted({"facts"}));
    command.environment = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8"};
    runner->start(command, events.sink());
    CHECK(events.wait_exited().exit_code == 0);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  (void)std::signal(SIGUSR1, SIG_DFL);
  ::unsetenv("PLANGUILD_TEST_SECRET");
  ::close(kept_open);
  const auto lines = events.lines();
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which add their options
  CHECK(count_prefix(lines, "environment ") == 2);
#endif
  CHECK(contains(lines, "environment PATH=/usr/bin:/bin"));
  CHECK(count_prefix(lines, "directory ") == 1);
  CHECK_FALSE(contains(lines, "directory " + scripted({}).directory));  // a private folder with the copies
  CHECK(contains(lines, "umask 63"));
  CHECK(contains(lines, "session own"));
  CHECK(count_prefix(lines, "blocked ") == 0);
  CHECK(count_prefix(lines, "ignored ") == 0);
  CHECK(count_prefix(lines, "descriptor ") == 3);
  CHECK(contains(lines, "blocking 1"));
  CHECK(contains(lines, "end"));
}

TEST_CASE("Ids are never used again") {
  event_collector events;
  const auto runner = real_runner();
  const auto first = runner->start(scripted({"exit", "0"}), events.sink());
  events.wait_exited();
  CHECK(runner->start(scripted({"exit", "0"}), [](const process_event&) {}) != first);
}
