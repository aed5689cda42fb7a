// The system call filter that the worker gets from the host: installed last, with the worker's own process id in it.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "app/worker/exit_codes.hpp"
#include "app/worker/layers.hpp"
#include "grounds.hpp"
#include "machine.hpp"
#include "posture.hpp"
#include "victim_process.hpp"
#include "worker_run.hpp"

namespace planguild::test {
namespace {

constexpr sock_filter statement(unsigned code, unsigned value) {
  return {static_cast<unsigned short>(code), 0, 0, value};
}

constexpr sock_filter jump(unsigned code, unsigned value, unsigned char yes, unsigned char no) {
  return {static_cast<unsigned short>(code), yes, no, value};
}

/// kill() may name this process alone; all else is allowed.
std::vector<sock_filter> filter_for_own_process() {
  return {statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
          jump(BPF_JMP | BPF_JEQ | BPF_K, SYS_kill, 0, 3),
          statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
          jump(BPF_JMP | BPF_JEQ | BPF_K, worker_layers::own_process_id, 1, 0),
          statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EDOM),
          statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
}

/// Kills at the first call that the contract does not name.
std::vector<sock_filter> narrowest_filter() {
  return {statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
          jump(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 4, 0),
          jump(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 3, 0),
          jump(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 2, 0),
          jump(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 1, 0),
          statement(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
          statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
}

worker_request with_filter(uid_t user, std::vector<sock_filter> filter) {
  worker_request request = request_for(user, {"no_new_privileges", "seccomp"});
  request.filter = std::move(filter);
  return request;
}

int status_of(const worker_request& request, const std::string& answer) {
  worker_run run(request);
  CHECK(run.layer("seccomp").state == "active");
  run.send(answer);
  return run.wait();
}

}  // namespace

TEST_CASE("The filter is in force for the program, and the worker's own process id is in it") {
  for (const uid_t user : users()) {
    if (!machine_has("seccomp", user)) continue;
    for (const bool inside : {false, true}) {
      if (inside && !machine_has("pid_namespace", user)) continue;
      const victim_process victim(user);
      worker_request request = with_filter(user, filter_for_own_process());
      if (inside) request.layers += user == 0 ? ",pid_namespace" : ",user_namespace,pid_namespace";
      const auto found = outcomes(request, {"signal=" + victim.pid(), "raise=0", "signal_group"});
      INFO("user " << user << ", inside " << inside);
      CHECK(found.at("signal") == "EDOM");
      CHECK(found.at("signal_group") == "EDOM");
      CHECK(found.at("raise") == "ok");
    }
  }
}

TEST_CASE("A filter that refuses what an attack needs stops it, and nothing else") {
  const grounds& ground = grounds::get();
  for (const uid_t user : users()) {
    if (!machine_has("seccomp", user)) continue;
    grounds::get().reset(user);
    worker_request request = request_for(user, {});
    const std::vector<std::string> attempts{"unix=" + ground.unix_socket(), "chmod=" + ground.victim(),
                                            "read=" + ground.secret(), "tcp=" + ground.tcp_port()};
    for (const auto& [attempt, outcome] : outcomes(request, attempts)) {
      INFO(attempt << " without a filter");
      CHECK(outcome == "ok");
    }
    const auto found = outcomes(request_for(user, {"no_new_privileges", "seccomp"}), attempts);
    CHECK(found.at("unix") == "EDOM");
    CHECK(found.at("chmod") == "EDOM");
    CHECK(found.at("read") == "ok");
    CHECK(found.at("tcp") == "ok");
  }
}

#if !defined(__SANITIZE_ADDRESS__)  // a worker that is built with it needs others
TEST_CASE("Under the filter the worker needs no calls but read, write, execve and exit_group") {
  for (const uid_t user : users()) {
    if (!machine_has("seccomp", user)) continue;
    worker_request request = with_filter(user, narrowest_filter());
    request.program = {"/bin/true"};
    const int refused = status_of(request, "stop\n");
    REQUIRE(WIFEXITED(refused));
    CHECK(WEXITSTATUS(refused) == worker_exit::refused);
    const int killed = status_of(request, "go\n");  // the dynamic linker of /bin/true calls others
    REQUIRE(WIFSIGNALED(killed));
    CHECK(WTERMSIG(killed) == SIGSYS);
    request.program = {"/nowhere"};
    const int missing = status_of(request, "go\n");
    REQUIRE(WIFEXITED(missing));
    CHECK(WEXITSTATUS(missing) == worker_exit::missing);
  }
}
#endif

TEST_CASE("A program killed by the filter is told as such from inside a process namespace, too") {
  for (const uid_t user : users()) {
    if (!machine_has("seccomp", user) || !machine_has("pid_namespace", user)) continue;
    worker_request request = with_filter(user, narrowest_filter());
    request.layers += user == 0 ? ",pid_namespace" : ",user_namespace,pid_namespace";
    request.program = {"/bin/true"};
    const int killed = status_of(request, "go\n");
    REQUIRE(WIFSIGNALED(killed));
    CHECK(WTERMSIG(killed) == SIGSYS);
  }
}

TEST_CASE("A program that is no filter is refused: by the worker if it cannot be one, else by the kernel") {
  const auto refusal = [](std::vector<sock_filter> filter, const std::string& words) {
    worker_request request = with_filter(::geteuid(), std::move(filter));
    request.program = {"/bin/true"};
    worker_run run(request);
    CHECK(run.read_line().empty());
    const int status = run.wait();
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == worker_exit::arguments);
    CHECK(run.errors().find(words) != std::string::npos);
  };
  const sock_filter allow = statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  refusal(std::vector<sock_filter>(worker_layers::filter_instructions_max + 1, allow), "more than 4091 instructions");
  worker_request empty = request_for(::geteuid(), {"no_new_privileges"});
  const int file = ::memfd_create("empty", 0);
  empty.inherited = {file};
  empty.layers += ",seccomp";
  empty.options.insert(empty.options.end(), {"--filter", std::to_string(file)});
  empty.program = {"/bin/true"};
  worker_run nothing(empty);
  CHECK(WEXITSTATUS(nothing.wait()) == worker_exit::arguments);
  ::close(file);
  worker_request longest =
      with_filter(::geteuid(), std::vector<sock_filter>(worker_layers::filter_instructions_max, allow));
  longest.program = {"/bin/true"};
  CHECK(status_of(longest, "go\n") == 0);
  worker_request endless = with_filter(::geteuid(), {statement(BPF_LD | BPF_IMM, 1)});
  endless.program = {"/bin/true"};
  worker_run run(endless);
  CHECK(run.layer("seccomp").state == "unavailable");
  CHECK(run.layer("seccomp").detail == "EINVAL");
}

}  // namespace planguild::test
