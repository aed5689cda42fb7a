// Both programs driven over planner protocol 1, including what a host should never send; and the loop itself with a
// scripted planner.
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/planners/planner_program.hpp"
#include "tests/app/index/temp_tree.hpp"
#include "tests/app/planners/program_process.hpp"

namespace planguild {

namespace {

using nlohmann::json;
using test::program_process;

json manifest_of(const std::string& name) {
  const char* folder = std::getenv("PLANGUILD_BINARY_DIR");
  std::ifstream file(std::string(folder == nullptr ? "." : folder) + "/planners/" + name + ".planner.json");
  REQUIRE(file.good());
  return json::parse(file);
}

// Waits, without a time, until it is cancelled; says so by progress when it has begun.
class waiting_planner : public planner_program {
 public:
  planner_facts facts() const override { return {"waiting_planner", "1.0.0", {}}; }
  bool self_test(std::string& /*detail*/) override { throw std::runtime_error("broken on purpose"); }
  outcome<plan> generate(const plan_request& request, const json& /*context*/, const progress_sink& progress,
                         const std::atomic<bool>& cancelled) override {
    progress(0.5, "waiting");
    while (request.objective == "wait" && !cancelled) {
      std::this_thread::yield();
    }
    return make_failure(cancelled ? failure_code::cancelled : failure_code::planner_error, "did not plan");
  }
};

// The loop on one end of a socket pair, as a host sets it up.
class served_planner {
 public:
  served_planner() {
    ::signal(SIGPIPE, SIG_IGN);
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()) == 0);
    result_ = std::async(std::launch::async, [this] { return serve_planner(planner_, ends_[1], ends_[1]); });
  }
  ~served_planner() {
    hang_up();
    if (result_.valid()) {
      result_.get();
    }
    ::close(ends_[1]);
  }
  void write(const std::string& line) const {
    REQUIRE(::write(ends_[0], line.data(), line.size()) == static_cast<ssize_t>(line.size()));
  }
  json next() {
    std::string line;
    for (char c = 0; c != '\n';) {
      pollfd descriptor{ends_[0], POLLIN, 0};
      REQUIRE(::poll(&descriptor, 1, 60'000) == 1);
      REQUIRE(::read(ends_[0], &c, 1) == 1);
      line.push_back(c);
    }
    return json::parse(line);
  }
  void hang_up() {
    if (ends_[0] >= 0) {
      ::close(ends_[0]);
      ends_[0] = -1;
    }
  }
  int exit_code() { return result_.get(); }

 private:
  waiting_planner planner_;
  std::array<int, 2> ends_{-1, -1};
  std::future<int> result_;
};

const std::string wait_line = R"({"jsonrpc":"2.0","id":"7","method":"generate_plan",)"
                              R"("params":{"objective":"wait","context":null,"repository":null}})"
                              "\n";

}  // namespace

TEST_CASE("Both programs answer the handshake as their manifests say, pass their self-test and end on shutdown") {
  for (const std::string name : {"structural_planner", "risk_planner"}) {
    program_process program(name);
    program.request("a", "initialize", {{"protocol", 1}});
    auto manifest = manifest_of(name);
    CHECK(program.answer() == json{{"jsonrpc", "2.0"},
                                   {"id", "a"},
                                   {"result",
                                    {{"protocol", 1},
                                     {"name", manifest["name"]},
                                     {"version", manifest["version"]},
                                     {"capabilities", manifest["capabilities"]}}}});
    program.request("b", "self_test");
    auto tested = program.answer();
    CHECK(tested["result"]["passed"] == true);
    CHECK_FALSE(tested["result"]["detail"].get<std::string>().empty());
    program.request("c", "shutdown");
    CHECK(program.answer() == json{{"jsonrpc", "2.0"}, {"id", "c"}, {"result", json::object()}});
    CHECK(program.at_end());
    CHECK(program.exit_code() == 0);
  }
}

TEST_CASE("Bad lines are answered with errors and change nothing") {
  for (const std::string name : {"structural_planner", "risk_planner"}) {
    program_process program(name);
    auto error_of = [&](const std::string& line) {
      program.write(line + '\n');
      return program.answer()["error"]["code"].get<int>();
    };
    CHECK(error_of("noise") == -32700);
    CHECK(error_of("{\"jsonrpc\":\"2.0\",\"id\":\"x\"") == -32700);
    CHECK(error_of("{\"id\":1,\"id\":2}") == -32700);
    CHECK(error_of("\xFF\xFE") == -32700);
    CHECK(error_of("[]") == -32600);
    CHECK(error_of("{}") == -32600);
    CHECK(error_of(R"({"jsonrpc":"1.0","id":"x","method":"self_test"})") == -32600);
    CHECK(error_of(R"({"jsonrpc":"2.0","id":[],"method":"self_test"})") == -32600);
    CHECK(error_of(R"({"jsonrpc":"2.0","id":"x","method":"self_test","params":[1]})") == -32600);
    CHECK(error_of(R"({"jsonrpc":"2.0","id":"x","method":"make_coffee"})") == -32601);
    CHECK(error_of(R"({"jsonrpc":"2.0","id":"x","method":"initialize","params":{"protocol":2}})") == -32602);
    CHECK(error_of(R"({"jsonrpc":"2.0","id":"x","method":"initialize"})") == -32602);
    CHECK(error_of(R"({"jsonrpc":"2.0","id":"x","method":"generate_plan","params":{"objective":3}})") == -32602);
    CHECK(error_of(R"({"jsonrpc":"2.0","id":"x","method":"generate_plan","params":{"objective":"","context":[]}})") ==
          -32602);
    CHECK(error_of(R"({"jsonrpc":"2.0","id":"x","method":"generate_plan","params":{"objective":"","repository":1}})") ==
          -32602);
    CHECK(error_of(std::string(1000, '[')) == -32700);
    program.write(R"({"jsonrpc":"2.0","method":"unknown_notification"})"
                  "\n"
                  R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":"never seen"}})"
                  "\r\n");
    program.request("still there", "self_test");
    CHECK(program.answer()["id"] == "still there");
    program.close_input();
    CHECK(program.at_end());
    CHECK(program.exit_code() == 0);
  }
}

TEST_CASE("A line over the bound ends the program with an error") {
  program_process program("risk_planner");
  program.write(std::string(4 * 1024 * 1024 + 1, 'x') + '\n');
  CHECK(program.answer()["error"]["code"] == -32600);
  CHECK(program.at_end());
  CHECK(program.exit_code() == 1);
}

TEST_CASE("A plan comes over the wire in the protocol's format, after progress") {
  test::temp_tree tree(test::read_source_file("tests/app/planners/fixtures/c_cycles.tree"));
  program_process program("structural_planner");
  program.request("p", "generate_plan",
                  {{"objective", "Tidy up"}, {"context", nullptr}, {"repository", tree.root()}, {"timeout_ms", 60000}});
  auto first = program.next();
  CHECK(first["method"] == "progress");
  CHECK(first["params"]["message"].is_string());
  auto made = program.answer()["result"];
  CHECK(made["objective"] == "Tidy up");
  CHECK(made["meta"].is_object());
  CHECK(made["evidence"].is_array());
  CHECK_FALSE(made.contains("order"));
  CHECK_FALSE(made.contains("critical_path"));
  REQUIRE(made["tasks"].size() == 2);
  const auto& task = made["tasks"][0];
  CHECK(task["title"] == "Cut the cycle store.h > cache.h");
  CHECK(task["target"] == "core/store.h");
  CHECK(task["kind"] == "cycle");
  CHECK(task["risk"] == "medium");
  CHECK(task["effort"] == "S");
  CHECK(task["evidence"][0]["line"] == 3);
  for (const auto& item : made["evidence"]) {
    CHECK_FALSE(item.contains("line"));
  }
  program.request("q", "generate_plan", {{"objective", "x"}, {"repository", "/nonexistent/folder"}});
  CHECK(program.answer()["error"]["code"] == -32000);
}

TEST_CASE("A plan from a context comes over the wire") {
  program_process program("risk_planner");
  json context{{"deep_index_summary", {{"files", 1}}},
               {"hotspots", json::array({{{"file", "a.cpp"}, {"lines", 700}, {"changes", 9}, {"tested", false}}})}};
  program.request("p", "generate_plan", {{"objective", "Lower risk"}, {"context", context}});
  CHECK(program.answer()["result"]["tasks"].size() == 3);
  program.request("q", "generate_plan", {{"objective", "Lower risk"}, {"context", nullptr}});
  CHECK(program.answer()["result"]["tasks"].empty());
}

TEST_CASE("A running plan is cancelled by its id and by no other") {
  served_planner served;
  served.write(wait_line);
  CHECK(served.next()["method"] == "progress");
  served.write(R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":"8"}})"
               "\n"
               R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":"7"}})"
               "\n");
  auto answer = served.next();
  CHECK(answer["id"] == "7");
  CHECK(answer["error"]["code"] == -32800);
  served.write(R"({"jsonrpc":"2.0","id":"9","method":"generate_plan","params":{"objective":"fail"}})"
               "\n");
  CHECK(served.next()["method"] == "progress");
  CHECK(served.next()["error"]["code"] == -32000);
}

TEST_CASE("A planner whose host is gone stops planning and ends") {
  served_planner served;
  served.write(wait_line);
  CHECK(served.next()["method"] == "progress");
  served.hang_up();
  CHECK(served.exit_code() == 1);
}

TEST_CASE("What a planner throws becomes an error, and the next request is answered") {
  served_planner served;
  served.write(R"({"jsonrpc":"2.0","id":1,"method":"self_test"})"
               "\n");
  CHECK(served.next() ==
        json{{"jsonrpc", "2.0"}, {"id", 1}, {"error", {{"code", -32603}, {"message", "broken on purpose"}}}});
  served.write(R"({"jsonrpc":"2.0","id":2,"method":"shutdown"})"
               "\n");
  CHECK(served.next()["id"] == 2);
  CHECK(served.exit_code() == 0);
}

TEST_CASE("More requests than the queue holds are refused while a plan is being made") {
  served_planner served;
  served.write(wait_line);
  CHECK(served.next()["method"] == "progress");
  for (int i = 0; i < 65; ++i) {
    served.write(R"({"jsonrpc":"2.0","id":"queued","method":"nothing"})"
                 "\n");
  }
  auto refused = served.next();
  CHECK(refused["id"] == "queued");
  CHECK(refused["error"]["code"] == -32001);
  served.write(R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":"7"}})"
               "\n");
  CHECK(served.next()["error"]["code"] == -32800);
  for (int i = 0; i < 64; ++i) {
    CHECK(served.next()["error"]["code"] == -32601);
  }
}

}  // namespace planguild
