// --attach and rpc end to end: every command that asks a runtime gives the same answer attached as with one of its own.
// Real processes; every wait is bounded.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <thread>

#include "tests/app/cli/command_fixture.hpp"

using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

/// `planguild rpc --listen` in a process of its own, with the planners of `folder` and the same state.
class running_guild {
 public:
  explicit running_guild(const guild_folder& folder, std::vector<std::string> variables = {})
      : socket_(folder.path("socket")) {
    std::vector<std::string> arguments = {binary_folder() + "/planguild", "rpc", "--listen", socket_, "--quiet"};
    variables.insert(variables.end(),
                     {"PATH=" + std::string{std::getenv("PATH")}, "HOME=/nowhere", "FACTORY_ALLOWED_PLANNERS=*",
                      "FACTORY_PLANNER_PATH=" + folder.path("planners"), "XDG_STATE_HOME=" + folder.path("state")});
    REQUIRE(::posix_spawn(&process_, arguments[0].c_str(), nullptr, nullptr, pointers(arguments).data(),
                          pointers(variables).data()) == 0);
    for (int tries = 0; tries < 3'000 && !std::filesystem::exists(socket_); ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    REQUIRE(std::filesystem::exists(socket_));
  }
  ~running_guild() { (void)stop(); }
  running_guild(const running_guild&) = delete;
  running_guild& operator=(const running_guild&) = delete;

  const std::string& socket() const noexcept { return socket_; }

  /// Asks it to end; its exit code, -1 if a signal ended it.
  int stop() {
    if (process_ == 0) return exit_code_;
    ::kill(process_, SIGTERM);
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = 0;
    return exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (auto& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
  }

  std::string socket_;
  pid_t process_ = 0;
  int exit_code_ = -1;
};

/// Without what differs between two runs of one command: times, processes, counters.
nlohmann::json comparable(nlohmann::json value) {
  if (value.is_object()) {
    for (const auto* key : {"duration_s", "duration_ms", "ts", "process", "starts", "snapshot_version", "invocations",
                            "generation", "mean_duration_ms", "runs", "changed", "instance_state", "instance"}) {
      value.erase(key);
    }
  }
  if (value.is_object() || value.is_array()) {
    for (auto& each : value) each = comparable(each);
  }
  return value;
}

struct attach_case {
  const char* name;
  std::vector<std::string> arguments;
};

}  // namespace

TEST_CASE("Every command gives the same answer attached as with a runtime of its own") {
  guild_folder folder;
  folder.add_planner("one_planner", two_tasks());
  folder.add_planner("two_planner", R"({"tasks":[]})", R"(,"tier":"gold","capabilities":["risk"])");
  folder.folder().write("planners/broken.planner.json", "{");
  folder.folder().write("context.json", R"({"deep_index_summary":{"files":3},"hotspots_count":20})");
  const std::vector<attach_case> cases = {
      {"list", {"list"}},
      {"describe", {"describe", "one_planner"}},
      {"describe, unknown", {"describe", "nobody_here"}},
      {"discover", {"discover"}},
      {"health", {"health"}},
      {"probe", {"probe", "one_planner"}},
      {"probe, unknown", {"probe", "nobody_here"}},
      {"select", {"select", "improve it"}},
      {"select, explained", {"select", "improve it", "--require", "risk", "--explain", "--top", "1"}},
      {"select, with a context", {"select", "improve it", "--context", folder.path("context.json")}},
      {"plan, a named planner", {"plan", "improve it", "--planner", "one_planner"}},
      {"plan, a repository", {"plan", "improve it", "--repo", folder.path("repository"), "--planner", "one_planner"}},
      {"plan, unknown planner", {"plan", "improve it", "--planner", "nobody_here"}}};
  running_guild guild{folder};
  for (const auto& each : cases) {
    INFO(each.name);
    auto own = each.arguments;
    own.emplace_back("--json");
    auto attached = own;
    attached.insert(attached.end(), {"--attach", guild.socket()});
    const auto attached_result = folder.run(attached);
    const auto own_result = folder.run(own);
    INFO(attached_result.errors);
    CHECK(attached_result.exit_code == own_result.exit_code);
    CHECK(attached_result.errors == own_result.errors);
    CHECK(comparable(json_of(attached_result.output)) == comparable(json_of(own_result.output)));
  }
  CHECK(guild.stop() == 0);
  CHECK_FALSE(std::filesystem::exists(guild.socket()));
}

TEST_CASE("config --attach shows the running runtime's values, not those of the caller's environment") {
  guild_folder folder;
  running_guild guild{folder, {"FACTORY_MIN_RELIABILITY=0.125"}};
  const auto shown = folder.run({"config", "--json", "--attach", guild.socket()}, {"FACTORY_MIN_RELIABILITY=0.5"});
  CHECK(shown.exit_code == 0);
  for (const auto& each : json_of(shown.output)["variables"]) {
    if (each["variable"] != "FACTORY_MIN_RELIABILITY") continue;
    CHECK(each["value"] == "0.125");
    CHECK(each["source"] == "running runtime");
    return;
  }
  FAIL("the variable is not shown");
}

TEST_CASE("A decision recorded through a running runtime replays as it was") {
  guild_folder folder;
  folder.add_planner("one_planner", two_tasks());
  running_guild guild{folder, {"FACTORY_MIN_RELIABILITY=0.125"}};
  const auto file = folder.path("decisions.jsonl");
  CHECK(folder.run({"select", "improve it", "--record", file, "--attach", guild.socket()}).exit_code == 0);
  CHECK(has(read_text(file), "0.125"));
  CHECK(folder.run({"replay", file}).exit_code == 0);
}

TEST_CASE("--attach is refused with the reason where it has no meaning or nobody listens") {
  guild_folder folder;
  const std::string nobody = folder.path("nobody");
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"index", "."}, {"lint", "x"}, {"schema", "plan"}, {"replay", "-"}, {"rpc"}}) {
    auto attached = arguments;
    attached.insert(attached.end(), {"--attach", nobody});
    const auto result = folder.run(attached);
    INFO(arguments[0]);
    CHECK(result.exit_code == 2);
    CHECK(has(result.errors, "--attach has no meaning here"));
  }
  const auto flag = folder.run({"list", "--attach", nobody, "--state", folder.path("state")});
  CHECK(flag.exit_code == 2);
  CHECK(has(flag.errors, "--state is for a runtime of its own"));
  const auto absent = folder.run({"list", "--json", "--attach", nobody});
  CHECK(absent.exit_code == 2);
  CHECK(has(absent.errors, "no runtime listens there"));
  CHECK(json_of(absent.output)["failure"]["code"] == "invalid_request");
}

TEST_CASE("An interrupted attached plan is given up by the runtime, which goes on") {
  guild_folder folder;
  const auto started = folder.path("started");
  folder.add_program("slow_planner", R"py(#!/usr/bin/env python3
import json, sys, time
for line in sys.stdin:
    request = json.loads(line)
    def answer(result):
        print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)
    method = request.get("method")
    if method == "initialize":
        answer({"protocol": 1, "name": "slow_planner", "version": "1.0.0", "capabilities": ["risk"]})
    elif method == "self_test":
        answer({"passed": True})
    elif method == "generate_plan":
        open(")py" + started + R"py(", "w").close()
        time.sleep(600)
    elif method == "shutdown":
        answer({})
        sys.exit(0)
)py");
  running_guild guild{folder};
  program_call call;
  call.arguments = {"plan", "improve it", "--planner", "slow_planner", "--attach", guild.socket()};
  call.environment = {"XDG_STATE_HOME=" + folder.path("state")};
  call.interrupt_when_exists = started;
  const auto result = run_planguild(call);
  CHECK(result.exit_code == 1);
  CHECK(has(result.errors, "interrupted"));
  // The planner is free again at once, and the next one gets its turn.
  CHECK(folder.run({"health", "--attach", guild.socket()}).exit_code == 0);
}

TEST_CASE("rpc answers what comes on standard input and ends with it") {
  guild_folder folder;
  folder.add_planner("one_planner", two_tasks());
  const auto result =
      folder.run({"rpc"}, {},
                 R"({"jsonrpc":"2.0","id":"first","method":"list","params":{"wait_for_admissions":true}})"
                 "\nnonsense\n"
                 R"({"jsonrpc":"2.0","id":2,"method":"plan","params":{"planner":"one_planner",)"
                 R"("request":{"objective":"improve it"}}})");
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, R"("id":"first","result":{"planners":[{"name":"one_planner")"));
  CHECK(has(result.output, R"("id":null,"error":{"code":-32700)"));
  CHECK(has(result.output, R"("id":2,"result":{"plan":)"));
}

TEST_CASE("Secrets of a planner's answer and of the environment are on no line of rpc") {
  guild_folder folder;
  folder.add_planner("leaky_planner",
                     R"({"tasks":[{"id":"one","title":"use token=ghp_0123456789abcdefghijABCDEFGHIJ0123"}]})");
  folder.add_program("dying_planner", "#!/bin/sh\necho password=hunter2hunter2 >&2\nexit 3\n");
  const auto result = folder.run({"rpc"}, {"MY_API_KEY=value-of-the-key-7"},
                                 R"({"jsonrpc":"2.0","id":1,"method":"plan","params":{"planner":"leaky_planner",)"
                                 R"("request":{"objective":"improve it"}}})"
                                 "\n"
                                 R"({"jsonrpc":"2.0","id":2,"method":"describe","params":{"name":"dying_planner",)"
                                 R"("wait_for_admissions":true}})"
                                 "\n"
                                 R"({"jsonrpc":"2.0","id":3,"method":"value-of-the-key-7"})"
                                 "\n");
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, R"("id":1,"result")"));
  for (const auto* secret : {"ghp_0123456789", "hunter2hunter2", "value-of-the-key-7"}) {
    INFO(secret);
    CHECK_FALSE(has(result.output, secret));
    CHECK_FALSE(has(result.errors, secret));
  }
}
