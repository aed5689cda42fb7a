// The process runner against real processes: floods, ends, what is killed with a process, and what is left behind.
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <csignal>
#include <iterator>

#include "app/host/system/descriptor.hpp"
#include "messages/limits.hpp"
#include "tests/app/host/system/process_test_support.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

descriptor open_process(pid_t pid) {
  return descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
}

/// Whether the process ends within the tests' patience; it need not be our child.
bool ends(const descriptor& process) {
  pollfd entry{process.get(), POLLIN, 0};
  return ::poll(&entry, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) == 1;
}

bool runs(const descriptor& process) {
  pollfd entry{process.get(), POLLIN, 0};
  return ::poll(&entry, 1, 0) == 0;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator begin("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin, {}));
}

/// `exited` is told before a child's descriptors are closed and its copies removed: a start that fails for want of a
/// file is served after both.
void wait_for_rest(process_runner& runner) {
  event_collector events;
  auto command = scripted({});
  command.files = {"not_there"};
  runner.start(command, events.sink());
  CHECK_FALSE(events.wait_exited().start_error.empty());
}

}  // namespace

TEST_CASE("A flood on standard error is drained, its tail kept, and other children still answer") {
  event_collector flood_events;
  event_collector echo_events;
  const auto runner = real_runner();
  constexpr std::size_t flood_bytes = limits::stderr_bytes_max - 1'024;
  const auto flood = runner->start(scripted({"flood_errors", std::to_string(flood_bytes)}), flood_events.sink());
  const auto echo = runner->start(scripted({"echo"}), echo_events.sink());
  for (int index = 0; index < 50; ++index) {
    runner->send_line(echo, std::to_string(index));
    echo_events.wait_line("echo " + std::to_string(index));
  }
  flood_events.wait_line("flooded");
  runner->kill(flood);
  const auto last = flood_events.wait_exited();
  CHECK(last.stderr_tail.size() == limits::stderr_tail_bytes);
  CHECK(last.stderr_tail.substr(last.stderr_tail.size() - 11) == "last words\n");
}

TEST_CASE("A flood on standard error over its bound ends its writer, who is told from one that was killed") {
  event_collector events;
  const auto runner = real_runner();
  runner->start(scripted({"flood_errors", std::to_string(100UL * 1'024 * 1'024)}), events.sink());
  const auto last = events.wait_exited();
  CHECK(last.signal == SIGKILL);
  CHECK(last.exceeded_limit == "standard error");
  CHECK(last.stderr_tail.size() == limits::stderr_tail_bytes);
}

TEST_CASE("A flood of lines is not read without end, but its writer can still be killed") {
  event_collector events;
  const auto runner = real_runner();
  const auto id = runner->start(scripted({"flood_lines"}), events.sink());
  events.wait([](const auto& seen) { return seen.size() > limits::notifications_per_request_max; });
  event_collector echo_events;  // the loop goes on meanwhile
  const auto echo = runner->start(scripted({"echo"}), echo_events.sink());
  runner->send_line(echo, "still there");
  echo_events.wait_line("echo still there");
  runner->kill(id);
  CHECK(events.wait_exited().signal == SIGKILL);
  // The bound, one read over it, and what was in the socket's buffer (about 200 KiB) at the end.
  CHECK(events.lines().size() < limits::notifications_per_request_max + 150'000);
}

TEST_CASE("A child that never reads is killed when too much waits for it") {
  event_collector events;
  const auto runner = real_runner();
  const auto id = runner->start(scripted({"deaf"}), events.sink());
  events.wait_line("ready");
  for (int index = 0; index < 9; ++index) runner->send_line(id, std::string(1'024 * 1'024, 'w'));
  CHECK(events.wait_exited().signal == SIGKILL);
}

TEST_CASE("A child that closes its output lives on until it is killed") {
  event_collector events;
  const auto runner = real_runner();
  const auto id = runner->start(scripted({"close_output"}), events.sink());
  CHECK(events.wait_kind(process_event_kind::output_closed).text.empty());
  CHECK(runner->statistics().alive == 1);
  runner->send_line(id, "nobody reads this");
  runner->kill(id);
  CHECK(events.wait_exited().signal == SIGKILL);
  CHECK(events.count(process_event_kind::output_closed) == 1);
}

TEST_CASE("A kill ends every process of the session, also those in other process groups") {
  event_collector events;
  const auto runner = real_runner();
  const auto id = runner->start(unsandboxed(scripted({"survivor_and_wait"})), events.sink());
  const descriptor survivor = open_process(std::stoi(events.wait_line("survivor ")));
  REQUIRE(survivor);
  runner->kill(id);
  const auto last = events.wait_exited();
  CHECK(last.processes_left == 0);
  CHECK(ends(survivor));
}

TEST_CASE("A child that exits by itself takes the rest of its session with it, though that holds the socket") {
  event_collector events;
  const auto runner = real_runner();
  const auto id = runner->start(unsandboxed(scripted({"survivor_then_exit"})), events.sink());
  const descriptor survivor = open_process(std::stoi(events.wait_line("survivor ")));
  REQUIRE(survivor);
  runner->send_line(id, "exit now");
  const auto last = events.wait_exited();
  CHECK(last.exit_code == 4);
  CHECK(last.processes_left == 0);
  CHECK(ends(survivor));
}

TEST_CASE("Without a sandbox a daemon that left the session is not killed, but delays nothing") {
  event_collector events;
  const auto runner = real_runner();
  const auto id = runner->start(unsandboxed(scripted({"daemon_then_exit"})), events.sink());
  const pid_t pid = std::stoi(events.wait_line("daemon "));
  const descriptor daemon = open_process(pid);
  REQUIRE(daemon);
  runner->send_line(id, "exit now");
  CHECK(events.wait_exited().exit_code == 5);
  CHECK(runs(daemon));  // it holds the socket still
  ::syscall(SYS_pidfd_send_signal, daemon.get(), SIGKILL, nullptr, 0U);
  CHECK(ends(daemon));
}

TEST_CASE("The end of the runner kills and reaps all children and tells of each") {
  std::vector<event_collector> collectors(8);
  std::vector<descriptor> processes;
  {
    const auto runner = real_runner();
    for (event_collector& events : collectors) {
      runner->start(scripted({"deaf"}), events.sink());
      events.wait_line("ready");
      processes.push_back(open_process(static_cast<pid_t>(events.now().front().process)));
    }
  }
  for (event_collector& events : collectors) {
    const auto all = events.now();
    CHECK(all.back().kind == process_event_kind::exited);
    CHECK(all.back().signal == SIGKILL);
    CHECK(events.count(process_event_kind::output_closed) == 0);
  }
  for (const descriptor& process : processes) CHECK_FALSE(runs(process));
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // no child is left, not even a zombie
}

TEST_CASE("The runner may be released by a sink on its own thread") {
  event_collector events;
  auto runner = real_runner();
  auto* const plain = runner.get();
  auto holder = std::make_shared<std::shared_ptr<local_process_runner>>(runner);
  plain->start(scripted({"exit", "3"}), [holder, forward = events.sink()](process_event event) {
    const bool last = event.kind == process_event_kind::exited;
    if (last) holder->reset();
    forward(std::move(event));
  });
  runner.reset();
  CHECK(events.wait_exited().exit_code == 3);
}

TEST_CASE("Fifty starts leave no descriptor and no zombie behind") {
  std::size_t before = 0;
  const auto runner = real_runner();
  for (int index = 0; index < 51; ++index) {
    event_collector events;
    const auto id = runner->start(
        scripted(index % 2 == 0 ? std::vector<std::string>{"exit", "0"} : std::vector<std::string>{"deaf"}),
        events.sink());
    if (index % 2 != 0) runner->kill(id);
    events.wait_exited();
    if (index == 0) {
      wait_for_rest(*runner);
      before = open_descriptors();
    }
  }
  wait_for_rest(*runner);
  CHECK(open_descriptors() == before);
  CHECK(runner->statistics().alive == 0);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("No worker survives a host that is killed") {
  int ends_of_pipe[2];
  REQUIRE(::pipe(ends_of_pipe) == 0);
  descriptor reader(ends_of_pipe[0]);
  descriptor writer(ends_of_pipe[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, writer.get(), STDOUT_FILENO);
  std::string host = binary("scripted_host");
  std::string launcher = binary("planguild-worker");
  std::string child = binary("scripted_child");
  char* arguments[] = {host.data(), launcher.data(), child.data(), nullptr};
  pid_t pid = 0;
  REQUIRE(::posix_spawn(&pid, host.c_str(), &actions, nullptr, arguments, environ) == 0);
  ::posix_spawn_file_actions_destroy(&actions);
  writer.reset();
  std::string text;
  char byte = 0;
  while (::read(reader.get(), &byte, 1) == 1 && byte != '\n') text.push_back(byte);
  const descriptor worker = open_process(std::stoi(text));
  REQUIRE(worker);
  CHECK(runs(worker));
  ::kill(pid, SIGKILL);
  CHECK(::waitpid(pid, nullptr, 0) == pid);
  CHECK(ends(worker));
}
