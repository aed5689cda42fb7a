// planguild-worker run by hand: what every program gets, how the host's answer decides, and that each step that can
// fail has its exit code and one line on standard error.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "app/worker/exit_codes.hpp"
#include "app/worker/layers.hpp"
#include "grounds.hpp"
#include "machine.hpp"
#include "worker_run.hpp"

namespace planguild::test {
namespace {

worker_request running(std::vector<std::string> program) {
  worker_request request;
  request.user = ::geteuid();
  request.program = std::move(program);
  return request;
}

/// Ends before it makes a statement: with this code, and one line that contains the words.
void check_refusal(const worker_request& request, int exit_code, const std::string& words) {
  worker_run run(request);
  CHECK(run.read_line().empty());
  const int status = run.wait();
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == exit_code);
  const std::string errors = run.errors();
  INFO(errors);
  CHECK(errors.rfind("planguild-worker: ", 0) == 0);
  CHECK(errors.find(words) != std::string::npos);
  CHECK(errors.find('\n') == errors.size() - 1);
}

worker_request with_options(std::vector<std::string> options) {
  worker_request request = running({"/bin/true"});
  request.options = std::move(options);
  return request;
}

}  // namespace

TEST_CASE("The worker states its layers, waits for the host's word, and becomes the program") {
  for (const auto& [program, exit_code] : {std::pair{"/bin/true", 0}, std::pair{"/bin/false", 1}}) {
    worker_run run(running({program}));
    CHECK(run.statement_line().empty());
    for (const auto& [name, fact] : run.statement()) {
      INFO(name);
      CHECK(fact.state == "off");
      CHECK(fact.detail.empty());
    }
    CHECK(children_of(run.pid()).empty());
    run.send("go\n");
    const int status = run.wait();
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == exit_code);
    CHECK(run.errors().empty());
  }
}

TEST_CASE("Without the host's word nothing of the program runs") {
  for (const std::string answer : {"stop\n", "go on\n", "gone", "\n", "GO\n", "g\n", ""}) {
    INFO(answer);
    worker_run run(running({"/bin/echo", "it ran"}));
    (void)run.statement();
    if (answer.empty()) {
      run.close_input();
    } else {
      run.send(answer);
    }
    CHECK(run.read_line().empty());
    const int status = run.wait();
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == worker_exit::refused);
    CHECK(run.errors().find("it did not say go") != std::string::npos);
  }
}

TEST_CASE("What follows the host's word is the program's, to the last byte") {
  worker_run run(running({grounds::get().program(), "line", "line"}));
  (void)run.statement();
  run.send("go\nfirst line\nsecond line\n");
  CHECK(run.read_line() == "line ok first line");
  CHECK(run.read_line() == "line ok second line");
}

TEST_CASE("Without any layer a program still gets only what it is to have") {
  int inherited[2];
  REQUIRE(::pipe(inherited) == 0);
  worker_request request = running({});
  request.directory = grounds::get().repository();
  request.inherited = {inherited[0], inherited[1]};
  request.options = {"--keep", std::to_string(inherited[1])};
  request.environment = {"ONE=1", "TWO=2"};
  const auto found = outcomes(request, {"descriptors", "environment", "signals", "umask", "working_directory",
                                        "leads_session", "read=" + grounds::get().secret()});
  ::close(inherited[0]);
  ::close(inherited[1]);
  CHECK(found.at("descriptors") == "ok 0,1,2," + std::to_string(inherited[1]));
  CHECK(found.at("environment") == "ok ONE=1,TWO=2");
  CHECK(found.at("signals") == "ok");
  CHECK(found.at("umask") == "ok 63");
  CHECK(found.at("working_directory") == "ok " + grounds::get().repository());
  CHECK(found.at("leads_session") == "ok yes");
  CHECK(found.at("read") == "ok");
}

TEST_CASE("What the program's environment tells the dynamic linker does not reach the worker") {
  std::ifstream file(grounds::get().worker(), std::ios::binary);
  const std::string worker{std::istreambuf_iterator<char>(file), {}};
  if (worker.find("/ld-linux") != std::string::npos) {
    return say_skipped("statically linked worker", ::geteuid(), "it was built without libc.a or with sanitizers");
  }
  worker_request request = running({"/bin/true"});
  request.environment = {"LD_PRELOAD=/nowhere.so"};
  worker_run run(request);
  (void)run.statement();
  run.send("go\n");
  CHECK(run.wait() == 0);
  const std::string errors = run.errors();
  CHECK(errors.find("/nowhere.so") != std::string::npos);
  CHECK(std::count(errors.begin(), errors.end(), '\n') == 1);  // of the program's dynamic linker alone
}

TEST_CASE("Each step of the worker that fails has its own exit code and says why in one line") {
  check_refusal(running({}), worker_exit::usage, "there is no program");
  for (const std::vector<std::string>& options :
       std::vector<std::vector<std::string>>{{"--parent", "x"},
                                             {"--parent", "-1"},
                                             {"--parent", "0"},
                                             {"--parent"},
                                             {"--layers", "landlock,moat"},
                                             {"--layers", "uid"},
                                             {"--layers", "seccomp"},
                                             {"--tcp", "65536"},
                                             {"--tcp", "0"},
                                             {"--uid", "0"},
                                             {"--uid", "4294967295"},
                                             {"--filter", "99999999999999999999"},
                                             {"--memory", ""},
                                             {"--keep", "1"},
                                             {"--landlock-abi-max", "two"},
                                             {"--sandbox", "on"}}) {
    INFO(options.front() << ' ' << options.back());
    check_refusal(with_options(options), worker_exit::usage, "usage");
  }
  check_refusal(with_options({"--read", "relative/path"}), worker_exit::arguments, "relative/path");
  check_refusal(with_options({"--keep", "777"}), worker_exit::arguments, "777");
  check_refusal(with_options({"--layers", "seccomp", "--filter", "777"}), worker_exit::arguments, "filter");
  worker_request orphan = running({"/bin/true"});
  orphan.parent = "1";
  check_refusal(orphan, worker_exit::parent_gone, "the host is gone");
  worker_request nowhere = running({"/bin/true"});
  nowhere.directory = "/nowhere";
  check_refusal(nowhere, worker_exit::working_directory, "/nowhere");
}

TEST_CASE("A list that is too long is refused, not cut") {
  std::vector<std::string> paths;
  std::vector<std::string> ports;
  std::vector<std::string> kept;
  for (int number = 0; number <= 512; ++number) paths.insert(paths.end(), {"--read", "/usr"});
  for (int number = 0; number <= 64; ++number) ports.insert(ports.end(), {"--tcp", "443"});
  for (int number = 0; number <= 16; ++number) kept.insert(kept.end(), {"--keep", "3"});
  check_refusal(with_options(paths), worker_exit::usage, "more than 512 paths");
  check_refusal(with_options(ports), worker_exit::usage, "more than 64 ports");
  check_refusal(with_options(kept), worker_exit::usage, "more than 16 descriptors");
}

TEST_CASE("A program that cannot be run is told apart from one that is missing, after the host's word") {
  const std::vector<std::pair<std::string, int>> programs{{"/nowhere", worker_exit::missing},
                                                          {"/etc/passwd", worker_exit::not_executable},
                                                          {"/usr", worker_exit::not_executable}};
  for (const auto& [program, exit_code] : programs) {
    INFO(program);
    worker_run run(running({program}));
    (void)run.statement();
    run.send("go\n");
    const int status = run.wait();
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == exit_code);
    CHECK(run.errors().rfind("planguild-worker: program: " + program + ": ", 0) == 0);
  }
}

}  // namespace planguild::test
