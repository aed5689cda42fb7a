// --attach and rpc end to end, as operators and systemd use them. That the answers are the same is in
// command_attach_answers_test.cpp. Real processes; every wait is bounded.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <sstream>

#include "tests/app/cli/comparable_answers.hpp"
#include "tests/app/cli/running_guild.hpp"

using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

/// A listening socket as systemd would make it; above descriptor 3, and closed with its scope.
class systemd_socket {
 public:
  explicit systemd_socket(const std::string& path) {
    const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.data(), path.size());
    REQUIRE(::bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(made, 16) == 0);
    number_ = ::fcntl(made, F_DUPFD_CLOEXEC, 10);
    ::close(made);
    REQUIRE(number_ >= 10);
  }
  ~systemd_socket() { ::close(number_); }
  systemd_socket(const systemd_socket&) = delete;
  systemd_socket& operator=(const systemd_socket&) = delete;
  int number() const noexcept { return number_; }

 private:
  int number_ = -1;
};

}  // namespace

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

TEST_CASE("rpc answers a plan with the same values as the command") {
  guild_folder folder;
  guild_folder other;  // a plan that was made counts for the planner's reliability
  for (const auto* each : {&folder, &other}) {
    each->add_planner("one_planner",
                      R"({"tasks":[{"id":"one","evidence":[{"file":"src/a.cpp","line":3,"text":"x"}]}],)"
                      R"("evidence":[{"text":"y"}],"meta":{"where":"/a/b","nested":{"list":[1.5,null]}}})");
    each->add_planner("two_planner", two_tasks(), R"(,"tier":"alpha")");
  }
  const auto by_rpc = folder.run({"rpc"}, {},
                                 R"({"jsonrpc":"2.0","id":1,"method":"plan","params":{"request":{)"
                                 R"("objective":"improve it","required_capabilities":["riskk"],"explain":true}}})");
  const auto by_command = other.run({"plan", "improve it", "--require", "riskk", "--explain", "--json"});
  REQUIRE(by_command.exit_code == 0);
  const auto told = json_of(by_rpc.output).at("result");
  const auto printed = json_of(by_command.output);
  CHECK(told["plan"] == printed["plan"]);
  CHECK(told["plan"]["meta"]["where"] == "/a/b");
  CHECK(keys_of(told) == keys_of(printed));
  CHECK(comparable(told) == comparable(printed));
}

TEST_CASE("rpc says where things are without this machine's folders, until the client asks for them") {
  guild_folder folder;
  folder.add_planner("one_planner", two_tasks());
  folder.folder().write("planners/broken.planner.json", "{");
  const auto list = [](const std::string& id) {
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"list","params":{"wait_for_admissions":true}})" + "\n";
  };
  const auto shortened = folder.run({"rpc"}, {}, list("1"));
  CHECK(has(shortened.output, R"("where":"<path>/one_planner.planner.json")"));
  CHECK(has(shortened.output, R"("where":"<path>/broken.planner.json")"));
  CHECK_FALSE(has(shortened.output, folder.path("planners")));
  const auto in_full = folder.run({"rpc"}, {},
                                  R"({"jsonrpc":"2.0","id":1,"method":"show_paths","params":{}})"
                                  "\n" +
                                      list("2"));
  CHECK(has(in_full.output, R"({"paths_shown":true})"));
  CHECK(has(in_full.output, R"("where":")" + folder.path("planners/one_planner.planner.json") + "\""));
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

TEST_CASE("rpc serves the socket that systemd passes, and leaves its file to systemd") {
  guild_folder folder;
  folder.add_planner("one_planner", two_tasks());
  const systemd_socket passed{folder.path("passed")};
  running_guild guild{folder, folder.path("passed"), passed.number()};
  const auto listed = folder.run({"list", "--json", "--attach", guild.socket()});
  CHECK(listed.exit_code == 0);
  CHECK(json_of(listed.output)["planners"][0]["name"] == "one_planner");
  CHECK(guild.stop() == 0);
  CHECK(std::filesystem::exists(guild.socket()));
}

TEST_CASE("systemd's own activation starts the command of the shipped unit with the first client") {
  const std::string activator = "/usr/bin/systemd-socket-activate";
  if (!std::filesystem::exists(activator)) {
    WARN("SKIPPED: " << activator << " is not installed (Debian package systemd), so the unit was not started");
    return;
  }
  const char* source = std::getenv("PLANGUILD_SOURCE_DIR");
  REQUIRE(source != nullptr);
  std::istringstream unit{read_text(std::string{source} + "/app/rpc/systemd/planguild.service")};
  std::string line;
  while (std::getline(unit, line) && line.rfind("ExecStart=", 0) != 0) {
  }
  std::istringstream command{line.substr(line.find('=') + 1)};
  std::vector<std::string> words{std::istream_iterator<std::string>{command}, {}};
  REQUIRE(words.size() >= 2);
  CHECK(words[0] == "planguild");
  words.erase(words.begin());

  guild_folder folder;
  folder.add_planner("one_planner", two_tasks());
  running_guild guild{folder, activator, words};
  CHECK_FALSE(has(read_text(folder.path("activation")), "Execing"));
  for (int client = 0; client < 2; ++client) {
    const auto listed = folder.run({"list", "--json", "--attach", guild.socket()});
    INFO(listed.errors);
    REQUIRE(listed.exit_code == 0);
    CHECK(json_of(listed.output)["planners"][0]["name"] == "one_planner");
  }
  CHECK(has(read_text(folder.path("activation")), "Execing"));
  CHECK(folder.run({"plan", "improve it", "--attach", guild.socket()}).exit_code == 0);
  CHECK(guild.stop() == 0);
  CHECK(std::filesystem::exists(guild.socket()));  // it is systemd's
}

TEST_CASE("rpc refuses a passed descriptor that is no listening socket") {
  guild_folder folder;
  const int file = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const int high = ::fcntl(file, F_DUPFD_CLOEXEC, 10);
  ::close(file);
  running_guild guild{folder, folder.path("passed"), high};
  ::close(high);
  CHECK(guild.wait() == 2);
}
