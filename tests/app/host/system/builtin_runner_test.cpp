// Builtin planners behind the process runner's interface: the same protocol, and what happens when a planner
// misbehaves.
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "app/host/system/builtin_runner.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/plan_json.hpp"
#include "tests/app/host/system/process_test_support.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

/// Opened by a test, waited for by planner code; outlives both.
class gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

struct behaviour {
  std::function<outcome<plan>(const builtin_request&)> generate;
  std::function<bool()> self_test = [] { return true; };
};

class scripted_planner final : public builtin_planner {
 public:
  explicit scripted_planner(behaviour script) : script_(std::move(script)) {}
  bool self_test() override { return script_.self_test(); }
  outcome<plan> generate_plan(const builtin_request& request) override { return script_.generate(request); }

 private:
  behaviour script_;
};

builtin_registration registration(behaviour script) {
  builtin_registration result;
  result.manifest.name = "scripted";
  result.manifest.version = "1.2.3";
  result.manifest.capabilities = {"alpha", "beta"};
  result.make = [script = std::move(script)] { return std::make_unique<scripted_planner>(script); };
  return result;
}

process_command builtin_command(const std::string& name = "scripted") {
  process_command command;
  command.planner = name;
  command.kind = entry_kind::builtin;
  return command;
}

std::string request(const std::string& id, const std::string& method,
                    nlohmann::ordered_json params = nlohmann::ordered_json::object()) {
  return dump_json(
      nlohmann::ordered_json{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}});
}

std::string initialize() {
  return request("i", "initialize", {{"protocol", 1}});
}

std::string generate(const std::string& id) {
  return request(id, "generate_plan",
                 {{"objective", "tidy up"}, {"context", {{"a", 1}}}, {"repository", "/r"}, {"timeout_ms", 1'500}});
}

/// Waits for the answer to `id`.
nlohmann::json answer(event_collector& events, const std::string& id) {
  const std::string rest = events.wait_line(R"({"jsonrpc":"2.0","id":")" + id + "\"");
  return nlohmann::json::parse(R"({"id":")" + id + "\"" + rest);
}

}  // namespace

TEST_CASE("A builtin planner speaks planner protocol 1 as a process would") {
  builtin_request seen;
  behaviour script;
  script.generate = [&seen](const builtin_request& given) -> outcome<plan> {
    seen = given;
    given.progress(0.5, "half way");
    plan made;
    made.objective = given.objective;
    made.tasks.emplace_back();
    made.tasks.back().id = "one";
    made.meta = R"({"k":[1]})";
    return made;
  };
  event_collector events;
  const auto runner = make_builtin_runner({registration(script)}, nullptr);
  const auto id = runner->start(builtin_command(), events.sink());
  runner->send_line(id, initialize());
  CHECK(answer(events, "i")["result"] ==
        nlohmann::json::parse(R"({"protocol":1,"name":"scripted","version":"1.2.3","capabilities":["alpha","beta"]})"));
  runner->send_line(id, request("s", "self_test"));
  CHECK(answer(events, "s")["result"]["passed"] == true);
  runner->send_line(id, generate("g"));
  const auto made = plan_from_json(answer(events, "g")["result"]);
  REQUIRE(made);
  CHECK(made->tasks.at(0).id == "one");
  CHECK(made->meta == R"({"k":[1]})");
  CHECK(seen.objective == "tidy up");
  CHECK(seen.context == R"({"a":1})");
  CHECK(seen.repository == "/r");
  CHECK(seen.timeout_ms == 1'500);
  CHECK(events.wait_line(R"({"jsonrpc":"2.0","method":"progress","params":)") ==
        R"({"fraction":0.5,"message":"half way"}})");
  runner->send_line(id, request("x", "no_such_method"));
  CHECK(answer(events, "x").contains("error"));
  runner->send_line(id, "no JSON at all");
  runner->send_line(id, request("d", "shutdown"));
  CHECK(answer(events, "d")["result"].empty());
  const auto last = events.wait_exited();
  CHECK(last.exit_code == 0);
  CHECK(last.process == 0);
  CHECK(events.now().front().kind == process_event_kind::started);
  CHECK(runner->abandoned() == 0);
}

TEST_CASE("A builtin's failures become error answers, and it goes on") {
  int calls = 0;
  behaviour script;
  script.generate = [&calls](const builtin_request&) -> outcome<plan> {
    ++calls;
    if (calls == 1) throw std::runtime_error("it broke");
    if (calls == 2) throw 42;
    return make_failure(failure_code::planner_error, "no idea");
  };
  script.self_test = []() -> bool { throw std::runtime_error("not today"); };
  event_collector events;
  const auto runner = make_builtin_runner({registration(script)}, nullptr);
  const auto id = runner->start(builtin_command(), events.sink());
  runner->send_line(id, generate("early"));
  CHECK(answer(events, "early").contains("error"));
  runner->send_line(id, initialize());
  runner->send_line(id, request("s", "self_test"));
  CHECK(answer(events, "s")["result"] == nlohmann::json::parse(R"({"passed":false,"detail":"not today"})"));
  for (const char* text : {"it broke", "no exception", "no idea"}) {
    runner->send_line(id, generate(text));
    CHECK(answer(events, text)["error"]["message"].get<std::string>().find(text) != std::string::npos);
  }
  CHECK(calls == 3);
}

TEST_CASE("A factory that throws or makes nothing answers the handshake with an error") {
  auto broken = registration({});
  SECTION("throws") {
    broken.make = []() -> std::unique_ptr<builtin_planner> { throw std::runtime_error("no parts"); };
  }
  SECTION("makes nothing") {
    broken.make = []() -> std::unique_ptr<builtin_planner> { return nullptr; };
  }
  SECTION("is none") {
    broken.make = nullptr;
  }
  event_collector events;
  const auto runner = make_builtin_runner({broken}, nullptr);
  const auto id = runner->start(builtin_command(), events.sink());
  runner->send_line(id, initialize());
  CHECK(answer(events, "i").contains("error"));
}

TEST_CASE("A cancel reaches a busy builtin, and one that comes first reaches it as well") {
  auto entered = std::make_shared<gate>();
  behaviour script;
  script.generate = [entered](const builtin_request& given) -> outcome<plan> {
    entered->open();
    while (!given.cancelled()) std::this_thread::yield();
    return make_failure(failure_code::planner_error, "gave up");
  };
  event_collector events;
  const auto runner = make_builtin_runner({registration(script)}, nullptr);
  const auto id = runner->start(builtin_command(), events.sink());
  runner->send_line(id, initialize());
  runner->send_line(id, generate("g1"));
  REQUIRE(entered->wait());
  runner->send_line(id, R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":"another"}})");
  runner->send_line(id, R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":"g1"}})");
  CHECK(answer(events, "g1").contains("error"));
  runner->send_line(id, R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":"g2"}})");
  runner->send_line(id, generate("g2"));
  CHECK(answer(events, "g2").contains("error"));
}

TEST_CASE("A kill while a builtin is busy is answered at once, and the thread is counted until it returns") {
  auto entered = std::make_shared<gate>();
  auto leave = std::make_shared<gate>();
  auto saw_cancel = std::make_shared<std::atomic<bool>>(false);
  behaviour script;
  script.generate = [entered, leave, saw_cancel](const builtin_request& given) -> outcome<plan> {
    entered->open();
    (void)leave->wait();
    saw_cancel->store(given.cancelled());
    given.progress(1, "too late");
    return plan{};
  };
  event_collector events;
  {
    const auto runner = make_builtin_runner({registration(script)}, nullptr);
    const auto id = runner->start(builtin_command(), events.sink());
    runner->send_line(id, initialize());
    runner->send_line(id, generate("g"));
    REQUIRE(entered->wait());
    runner->kill(id);
    const auto all = events.now();  // no waiting: it is there when `kill` returns
    CHECK(all.back().kind == process_event_kind::exited);
    CHECK(all.back().signal == SIGKILL);
    CHECK(runner->abandoned() == 1);
    const std::size_t count = all.size();
    leave->open();
    while (runner->abandoned() != 0) std::this_thread::yield();
    CHECK(saw_cancel->load());
    runner->kill(id);
    CHECK(events.now().size() == count);
  }
  CHECK(events.count(process_event_kind::exited) == 1);
}

TEST_CASE("The runner's end does not wait for a builtin that never returns, and frees nothing under it") {
  auto entered = std::make_shared<gate>();
  auto leave = std::make_shared<gate>();
  auto left = std::make_shared<gate>();
  behaviour script;
  script.generate = [entered, leave, left](const builtin_request& given) -> outcome<plan> {
    entered->open();
    (void)leave->wait();
    given.progress(1, "the runner is gone");
    left->open();
    return plan{};
  };
  event_collector busy;
  event_collector idle;
  {
    const auto runner = make_builtin_runner({registration(script)}, nullptr);
    const auto id = runner->start(builtin_command(), busy.sink());
    runner->start(builtin_command(), idle.sink());
    runner->send_line(id, initialize());
    runner->send_line(id, generate("g"));
    REQUIRE(entered->wait());
  }
  CHECK(busy.count(process_event_kind::exited) == 1);
  CHECK(idle.count(process_event_kind::exited) == 1);
  leave->open();
  CHECK(left->wait());
}

TEST_CASE("A builtin's flood of progress is cut at the host's bound, and too much queued work kills it") {
  auto entered = std::make_shared<gate>();
  auto leave = std::make_shared<gate>();
  behaviour script;
  script.generate = [entered, leave](const builtin_request& given) -> outcome<plan> {
    for (std::size_t count = 0; count < 2 * limits::notifications_per_request_max; ++count) given.progress(0, "again");
    entered->open();
    (void)leave->wait();
    return plan{};
  };
  event_collector events;
  const auto runner = make_builtin_runner({registration(script)}, nullptr);
  const auto id = runner->start(builtin_command(), events.sink());
  runner->send_line(id, initialize());
  runner->send_line(id, generate("g"));
  REQUIRE(entered->wait());
  CHECK(events.lines().size() == 1 + limits::notifications_per_request_max);
  for (int count = 0; count < 3; ++count) runner->send_line(id, std::string(3U * 1'024 * 1'024, 'q'));
  CHECK(events.wait_exited().signal == SIGKILL);
  leave->open();
}

TEST_CASE("What is no builtin goes to the next runner, and unknown builtins are refused") {
  const auto next = real_runner();
  const auto runner = make_builtin_runner({registration({})}, next);
  event_collector command_events;
  const auto id = runner->start(scripted({"echo"}), command_events.sink());
  runner->send_line(id, "hello");
  command_events.wait_line("echo hello");
  runner->kill(id);
  CHECK(command_events.wait_exited().signal == SIGKILL);
  event_collector unknown;
  runner->start(builtin_command("nobody"), unknown.sink());
  CHECK(unknown.now().at(0).start_error.find("nobody") != std::string::npos);
  event_collector without_next;
  make_builtin_runner({}, nullptr)->start(scripted({"echo"}), without_next.sink());
  CHECK_FALSE(without_next.now().at(0).start_error.empty());
}

TEST_CASE("A hundred builtins in a row leave one thread at most behind") {
  const auto runner = make_builtin_runner({registration({})}, nullptr);
  const auto threads = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator{});
  };
  const auto before = threads();
  for (int count = 0; count < 100; ++count) {
    event_collector events;
    const auto id = runner->start(builtin_command(), events.sink());
    runner->send_line(id, request("d", "shutdown"));
    events.wait_exited();
  }
  // The last few may not have been joined yet: that happens with the next start.
  CHECK(threads() - before < 10);
}
