// A native planner that does what it is asked for by its objective. A planner of the tests.
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>

#include "app/worker/planner.hpp"

namespace {

namespace sdk = planguild::sdk;

class good_planner final : public sdk::planner {
 public:
  sdk::description describe() override { return {"good_planner", "1.2.3", {"risk", "caf\xC3\xA9"}}; }

  sdk::test_result self_test() override { return {true, "two and two are four"}; }

  sdk::plan generate_plan(const sdk::request& asked, sdk::host& host) override {
    if (asked.objective == "throw") throw std::runtime_error("no plan today\xFF");
    if (asked.objective == "throw a number") throw 7;
    if (asked.objective == "wait") wait(host);
    if (asked.objective == "wander") wander(host);
    if (asked.objective == "stop ptrace") ::syscall(SYS_ptrace, 0, 0, 0, 0);
    if (asked.objective == "stop an unnamed call") ::syscall(SYS_getcpu, 0, 0, 0);
    sdk::plan made;
    if (asked.objective == "print") print(made);
    if (asked.objective == "execute") execute(made);
    if (asked.objective == "dumpable") {
      made.evidence.push_back({"", {}, std::to_string(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0))});
    }
    if (asked.objective == "handle SIGSYS") handle_stopped_calls(made);
    auto& first = made.tasks.emplace_back();
    first.id = "1";
    first.title = "Read \"all\" of it\n";
    auto& second = made.tasks.emplace_back();
    second.id = "2";
    second.title = "Change it";
    second.kind = "change";
    second.target = "src/a.cpp";
    second.depends_on = {"1"};
    second.risk = sdk::risk::high;
    second.effort = sdk::effort::L;
    second.evidence = {{"src/a.cpp", 12, "long"}};
    made.meta.set("repository", asked.repository).set("context", asked.context).set("timeout_ms", asked.timeout_ms);
    return made;
  }

 private:
  [[noreturn]] static void wait(sdk::host& host) {
    host.progress(0.25, "waiting");
    while (true) {
      host.stop_if_cancelled();
      std::this_thread::yield();
    }
  }

  /// Reports of which only three count.
  static void wander(sdk::host& host) {
    host.progress(std::nan(""), "never");
    host.progress(-5, "first");
    host.progress(0.5, "second");
    host.progress(0.1, "back");
    host.progress(0.5, "again");
    std::thread([&host] { host.progress(99, "third"); }).join();
    host.log("a line for people");
  }

  static void print(sdk::plan& made) {
    std::cout << "printed by iostreams" << std::endl;
    std::printf("printed by stdio\n");
    std::string line;
    const bool was_there = static_cast<bool>(std::getline(std::cin, line));
    made.evidence.push_back({"", {}, was_there ? "standard input has " + line : "standard input is empty"});
  }

  static void execute(sdk::plan& made) {
    const char* arguments[] = {"/bin/true", nullptr};
    ::execve(arguments[0], const_cast<char**>(arguments), nullptr);
    made.evidence.push_back({"", {}, std::strerror(errno)});
  }

  static void handle_stopped_calls(sdk::plan& made) {
    struct sigaction now {};
    const bool asked = ::sigaction(SIGSYS, nullptr, &now) == 0;
    made.evidence.push_back({"", {}, asked ? "the action may be asked for" : std::strerror(errno)});
    const bool ignored = ::signal(SIGSYS, SIG_IGN) != SIG_ERR;
    made.evidence.push_back({"", {}, ignored ? "the action was changed" : std::strerror(errno)});
  }
};

}  // namespace

PLANGUILD_PLANNER(good_planner)
