// How a planner in a process namespace ends, with whatever it started: by itself, by the host's kill, with the host.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <string>
#include <vector>

#include "app/worker/exit_codes.hpp"
#include "grounds.hpp"
#include "machine.hpp"
#include "posture.hpp"
#include "worker_run.hpp"

namespace planguild::test {
namespace {

std::vector<std::string> layers_with_processes(uid_t user) {
  std::vector<std::string> layers{"no_new_privileges", "pid_namespace", "capabilities", "undumpable"};
  layers.emplace_back(user == 0 ? "uid" : "user_namespace");
  if (machine_has("landlock", user)) layers.emplace_back("landlock");
  return layers;
}

/// The processes below this one, with it.
std::vector<pid_t> tree_of(pid_t process) {
  std::vector<pid_t> tree{process};
  for (std::size_t next = 0; next < tree.size(); ++next) {
    for (const pid_t child : children_of(tree[next])) tree.push_back(child);
  }
  return tree;
}

worker_request running(uid_t user, const std::vector<std::string>& attempts) {
  worker_request request = request_for(user, layers_with_processes(user));
  request.program = {grounds::get().program()};
  request.program.insert(request.program.end(), attempts.begin(), attempts.end());
  return request;
}

/// Another host, in a process of its own: starts a worker whose program stays, tells the processes, and stays as well.
[[noreturn]] void be_host(uid_t user, bool inside, int tell) {
  try {
    worker_request request = running(user, {inside ? "daemon" : "process_number", "wait"});
    if (!inside) request.layers = user == 0 ? "uid" : "no_new_privileges";
    worker_run run(request);
    (void)run.statement();
    run.send("go\n");
    (void)run.read_line();
    const std::vector<pid_t> tree = tree_of(run.pid());
    if (::write(tell, tree.data(), tree.size() * sizeof(pid_t)) < 0) _exit(1);
    for (;;) ::pause();
  } catch (...) {
    _exit(1);  // what failed is on the log; nothing of the other tests may run here
  }
}

}  // namespace

TEST_CASE("When the host kills the worker, everything in its process namespace ends, daemons included") {
  for (const uid_t user : users()) {
    if (!machine_has("pid_namespace", user)) continue;
    worker_run run(running(user, {"process_number", "leads_session", "daemon", "wait"}));
    CHECK(run.layer("pid_namespace").state == "active");
    run.send("go\n");
    CHECK(run.read_line() == "process_number ok 2");
    CHECK(run.read_line() == "leads_session ok yes");
    CHECK(run.read_line() == "daemon ok");
    const std::vector<pid_t> tree = tree_of(run.pid());
    REQUIRE(tree.size() == 4);  // keeper, first process, program, daemon
    REQUIRE(::kill(run.pid(), SIGKILL) == 0);
    const int status = run.wait();
    CHECK(WIFSIGNALED(status));
    for (const pid_t process : tree) CHECK(ends(process));
  }
}

TEST_CASE("While the worker waits for the host's word a kill ends its process namespace as well") {
  for (const uid_t user : users()) {
    if (!machine_has("pid_namespace", user)) continue;
    worker_run run(running(user, {"wait"}));
    (void)run.statement();
    const std::vector<pid_t> tree = tree_of(run.pid());
    REQUIRE(tree.size() == 3);
    REQUIRE(::kill(run.pid(), SIGKILL) == 0);
    for (const pid_t process : tree) CHECK(ends(process));
  }
}

TEST_CASE("When the program ends, what it left in its process namespace ends with it") {
  for (const uid_t user : users()) {
    if (!machine_has("pid_namespace", user)) continue;
    worker_run run(running(user, {"daemon", "line", "exit=7"}));
    (void)run.statement();
    run.send("go\n");
    CHECK(run.read_line() == "daemon ok");
    const std::vector<pid_t> tree = tree_of(run.pid());
    REQUIRE(tree.size() == 4);
    run.send("\n");
    const int status = run.wait();
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 7);
    for (const pid_t process : tree) CHECK(ends(process));
  }
}

TEST_CASE("The worker ends as the program ended, in a process namespace and without one") {
  const std::vector<std::pair<std::string, int>> ends_by_signal{
      {"raise=" + std::to_string(SIGSEGV), SIGSEGV}, {"abort", SIGABRT},
      {"raise=" + std::to_string(SIGTERM), SIGTERM}, {"raise=" + std::to_string(SIGKILL), SIGKILL},
      {"raise=" + std::to_string(SIGSYS), SIGSYS},   {"raise=" + std::to_string(SIGXCPU), SIGXCPU},
      {"raise=" + std::to_string(SIGPIPE), SIGPIPE}, {"raise=" + std::to_string(SIGALRM), SIGALRM}};
  for (const uid_t user : users()) {
    for (const bool inside : {false, true}) {
      if (inside && !machine_has("pid_namespace", user)) continue;
      const auto status_of = [&](const std::string& attempt) {
        worker_request request = running(user, {attempt});
        if (!inside) request.layers = "limits";
        worker_run run(request);
        (void)run.statement();
        run.send("go\n");
        return run.wait();
      };
      for (const auto& [attempt, number] : ends_by_signal) {
        INFO("user " << user << ", " << attempt << ", inside " << inside);
        const int status = status_of(attempt);
        REQUIRE(WIFSIGNALED(status));
        CHECK(WTERMSIG(status) == number);
        CHECK_FALSE(WCOREDUMP(status));
      }
      for (const int code : {0, 1, 7, 255}) {
        const int status = status_of("exit=" + std::to_string(code));
        REQUIRE(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == code);
      }
    }
  }
}

TEST_CASE("Failures inside the process namespace have the same exit codes and lines as outside") {
  for (const uid_t user : users()) {
    if (!machine_has("pid_namespace", user)) continue;
    worker_request request = running(user, {});
    request.program = {"/nowhere"};
    worker_run missing(request);
    (void)missing.statement();
    missing.send("go\n");
    const int status = missing.wait();
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == worker_exit::missing);
    CHECK(missing.errors().rfind("planguild-worker: program: /nowhere", 0) == 0);
    worker_run refused(request);
    (void)refused.statement();
    refused.close_input();
    const int refusal = refused.wait();
    REQUIRE(WIFEXITED(refusal));
    CHECK(WEXITSTATUS(refusal) == worker_exit::refused);
  }
}

TEST_CASE("The host sees the end of the program's output when the program closes it, for no keeper holds it") {
  for (const uid_t user : users()) {
    if (!machine_has("pid_namespace", user)) continue;
    worker_request request = running(user, {});
    request.program = {"/bin/sh", "-c", "echo last; exec >&- <&- 2>&-; sleep 60"};
    worker_run run(request);
    (void)run.statement();
    run.send("go\n");
    CHECK(run.read_line() == "last");
    CHECK(run.read_line().empty());
    CHECK(run.errors().empty());
    CHECK_FALSE(children_of(run.pid()).empty());
  }
}

TEST_CASE("When the host dies, the worker and all of its process namespace end") {
  for (const uid_t user : users()) {
    for (const bool inside : {false, true}) {
      if (inside && !machine_has("pid_namespace", user)) continue;
      INFO("user " << user << ", inside " << inside);
      int told[2];
      REQUIRE(::pipe(told) == 0);
      const pid_t host = ::fork();
      if (host == 0) be_host(user, inside, told[1]);
      ::close(told[1]);
      pid_t tree[8];
      const ssize_t size = ::read(told[0], tree, sizeof tree);
      ::close(told[0]);
      REQUIRE(::kill(host, SIGKILL) == 0);
      REQUIRE(::waitpid(host, nullptr, 0) == host);
      REQUIRE(size == static_cast<ssize_t>((inside ? 4 : 1) * sizeof(pid_t)));
      for (std::size_t number = 0; number < static_cast<std::size_t>(size) / sizeof(pid_t); ++number) {
        CHECK(ends(tree[number]));
      }
    }
  }
}

}  // namespace planguild::test
