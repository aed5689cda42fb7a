// Planners in their sandbox, with real processes: starts that fail, ends, what was used, and what is left behind.
#include <csignal>
#include <numeric>

#include "messages/limits.hpp"
#include "tests/app/host/system/sandbox_test_support.hpp"

using namespace planguild;
using namespace planguild::test;
namespace fs = std::filesystem;

namespace {

/// A launcher that is a shell script: what a broken worker may do.
std::string false_launcher(const test_folder& folder, const std::string& body) {
  return folder.write("planguild-worker", "#!/bin/sh\n" + body + "\n", 0755);
}

std::string start_error(const std::string& launcher) {
  event_collector events;
  const auto runner = make_process_runner({launcher});
  const auto id = runner->start(scripted({"echo"}), events.sink());
  runner->send_line(id, "a line that must not be sent");
  const auto last = events.wait_exited();
  CHECK(events.now().size() == 2);  // started, exited
  CHECK_FALSE(last.insecure);
  return last.start_error;
}

std::size_t count_in(const char* folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// Until what an earlier `exited` leaves to be done is done: see the runner's end tests.
void settle(process_runner& runner) {
  event_collector events;
  auto command = scripted({});
  command.files = {"not_there"};
  runner.start(command, events.sink());
  CHECK_FALSE(events.wait_exited().start_error.empty());
}

}  // namespace

TEST_CASE("A worker that does not state its layers as agreed does not get to run anything") {
  const test_folder folder;
  CHECK(start_error(false_launcher(folder, "echo hello; sleep 60")).find("planguild-worker cannot be understood") == 0);
  CHECK(start_error(false_launcher(folder, "printf 'a\\nb\\n'; sleep 60")).find("in one line") != std::string::npos);
  CHECK(start_error(false_launcher(folder, "head -c 5000 /dev/zero | tr '\\0' x; sleep 60")).find("in one line") !=
        std::string::npos);
  CHECK(start_error(false_launcher(folder, "exit 3")) ==
        "planguild-worker ended with exit code 3 before it stated its layers");
  CHECK(start_error(false_launcher(folder, "echo 'planguild-worker: directory: gone' >&2; exit 125")) ==
        "planguild-worker: directory: gone");
}

TEST_CASE("A worker that says nothing can be killed") {
  const test_folder folder;
  event_collector events;
  const auto runner = make_process_runner({false_launcher(folder, "exec sleep 60")});
  const auto id = runner->start(scripted({"echo"}), events.sink());
  events.wait_kind(process_event_kind::started);
  runner->kill(id);
  const auto last = events.wait_exited();
  CHECK(last.signal == SIGKILL);
  CHECK(last.start_error.empty());
}

TEST_CASE("A start can be ended while its files are being copied, and holds up no other") {
  const test_folder folder;
  folder.write("mine", "#!/bin/sh\n", 0755);
  folder.write("large", "");
  fs::resize_file(folder.path() + "/large", 250UL * 1'024 * 1'024);
  auto command = scripted({});
  command.directory = folder.path();
  command.files = {"mine", "large"};
  command.argv = {folder.path() + "/mine"};
  const auto runner = real_runner();
  event_collector running_events;
  const auto running = runner->start(scripted({"echo"}), running_events.sink());
  runner->send_line(running, "first");
  running_events.wait_line("echo first");
  event_collector events;
  const auto id = runner->start(command, events.sink());
  runner->send_line(running, "second");
  running_events.wait_line("echo second");
  runner->kill(id);
  CHECK(events.wait_exited().signal == SIGKILL);
  obeying_child next(*runner, scripted({"obey"}));
  CHECK(next.ask("read /dev/null") == "ok");
}

TEST_CASE("A daemon in a session of its own does not outlive its planner's process namespace") {
  const auto runner = lacking_runner({"seccomp", "landlock"});
  for (const bool killed : {true, false}) {
    const std::string marker = "marker-" + std::to_string(::getpid()) + (killed ? "-killed" : "-exits");
    event_collector events;
    auto command = with_mode(scripted({killed ? "daemon_and_wait" : "daemon_then_exit", marker}), sandbox_mode::best);
    const auto id = runner->start(command, events.sink());
    events.wait_line("daemon ");
    if (layer_of(posture_of(events), "pid_namespace").state != layer_state::active) {
      WARN("SKIPPED: no process namespace: " << layer_of(posture_of(events), "pid_namespace").detail);
      return;
    }
    CHECK(processes_with(marker) >= 2);
    if (killed) {
      runner->kill(id);
    } else {
      runner->send_line(id, "exit now");
    }
    const auto last = events.wait_exited();
    CHECK(last.processes_left == 0);
    CHECK(last.exit_code == (killed ? std::nullopt : std::optional<int>(5)));
    CHECK(processes_with(marker) == 0);
  }
}

TEST_CASE("What a planner used is told at its end, also when it is killed") {
  const auto runner = real_runner();
  for (const bool killed : {true, false}) {
    event_collector events;
    const auto id = runner->start(scripted({"work", killed ? "0" : "1"}), events.sink());
    events.wait_line("worked");
    if (killed) runner->kill(id);
    const auto last = events.wait_exited();
    CHECK(last.signal == (killed ? std::optional<int>(SIGKILL) : std::nullopt));
    CHECK(last.resources.cpu_ms >= 90);
    CHECK(last.resources.wall_ms >= 90);
    CHECK(last.resources.peak_memory_bytes >= 48UL * 1'024 * 1'024);
    CHECK(last.exceeded_limit.empty());
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("A planner that wants more memory than it may have is told from others that fail") {
  event_collector events;
  const auto runner = real_runner();
  runner->start(scripted({"hog"}), events.sink());
  const auto last = events.wait_exited();
  CHECK(last.signal == SIGABRT);
  CHECK(last.exceeded_limit == "memory");
  CHECK(last.resources.peak_memory_bytes < limits::planner_memory_bytes_max + 64UL * 1'024 * 1'024);
}
#endif

TEST_CASE("Twenty starts leave descriptors, threads, children and copies as they were") {
  const test_folder place;
  process_runner_options options;
  options.launcher_path = binary("planguild-worker");
  options.places_of_copies = {place.path()};
  {
    const auto runner = make_process_runner(options);
    std::vector<std::size_t> before;
    for (int index = 0; index <= 20; ++index) {
      event_collector events;
      const auto id = runner->start(scripted({"echo"}), events.sink());
      runner->send_line(id, "hello");
      events.wait_line("echo hello");
      runner->kill(id);
      CHECK(events.wait_exited().processes_left == 0);
      if (index != 0 && index != 20) continue;
      settle(*runner);
      const std::vector<std::size_t> now{count_in("/proc/self/fd"), count_in("/proc/self/task"),
                                         processes_with(place.path())};
      if (index == 0) before = now;
      CHECK(now == before);
    }
    CHECK(count_in(place.path().c_str()) == 1);
  }
  CHECK(fs::is_empty(place.path()));
}
