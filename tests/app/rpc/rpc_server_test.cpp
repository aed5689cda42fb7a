// The server with one client or a few: requests, cancellation, events, garbage, its end. Real sockets and a real actor
// system; waits are for what was asked for and bounded.
#include "app/rpc/rpc_server.hpp"

#include <fcntl.h>

#include <algorithm>
#include <set>

#include "app/rpc/rpc_client.hpp"
#include "app/rpc/rpc_limits.hpp"
#include "tests/app/rpc/rpc_test_support.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)
using nlohmann::json;

TEST_CASE("Every operation is a method, and its result is the reply's JSON") {
  served_guild served;
  auto client = served.client();
  const auto named = json{{"name", "one_planner"}}.dump();
  const std::vector<std::pair<std::string, std::string>> requests = {
      {"select", R"({"objective":"improve it"})"},
      {"select_many", R"({"requests":[{"objective":"improve it"},{"objective":"mend it"}]})"},
      {"batch_select", R"({"request":{"objective":"improve it"},"count":1})"},
      {"plan", plan_for("improve it")},
      {"acquire", R"({"planner":"one_planner"})"},
      {"discover", "{}"},
      {"list", "{}"},
      {"describe", named},
      {"probe", named},
      {"health", "{}"},
      {"heal", "{}"},
      {"quarantine", R"({"name":"one_planner","reason":"a test"})"},
      {"reinstate", named},
      {"configure", R"({"patch":[{"variable":"FACTORY_MIN_RELIABILITY","text":"0.1"}]})"},
      {"stats", "{}"},
      {"profiles", "{}"},
      {"diagnostics", "{}"},
      {"reload", "{}"}};
  int id = 0;
  for (const auto& [method, params] : requests) {
    const auto answer = client.ask(std::to_string(++id), method, params);
    INFO(method << ": " << answer.dump());
    CHECK(answer.value("id", 0) == id);
    CHECK(answer.contains("result"));
  }
#define PLANGUILD_COUNT(method, request, reply) +1
  // And one that has nothing to tell of a planner that never crashed.
  CHECK(client.ask("1", "crash", named)["error"]["data"]["code"] == "not_found");
  CHECK(requests.size() + 1 == 0 PLANGUILD_OPERATIONS(PLANGUILD_COUNT));
#undef PLANGUILD_COUNT
  CHECK(client.ask("1", "select", R"({"objective":"x"})")["result"]["best"] == "one_planner");
  CHECK(client.ask("1", "version")["result"]["version"] == version());
}

TEST_CASE("A failure of the operation is error -32000 with the failure as data") {
  served_guild served;
  auto client = served.client();
  const auto error = client.ask("\"mine\"", "describe", R"({"name":"nobody_here"})");
  CHECK(error["id"] == "mine");
  CHECK(error["error"]["code"] == rpc_code::failed);
  CHECK(error["error"]["data"]["code"] == "not_found");
  CHECK(error["error"]["data"]["planner"] == "nobody_here");
}

TEST_CASE("Malformed, oversized and unknown requests are answered, and the conversation goes on") {
  served_guild served;
  auto client = served.client();
  (void)client.send("garbage\n\n   \r\n");
  CHECK(client.expect()["error"]["code"] == rpc_code::parse_error);
  CHECK(client.ask("1", "no_such_method")["error"]["code"] == rpc_code::unknown_method);
  const auto unknown_key = client.ask("2", "list", R"({"nam":1})");
  CHECK(unknown_key["error"]["code"] == rpc_code::invalid_params);
  CHECK(unknown_key["error"]["data"]["where"] == "params.nam");
  REQUIRE(client.send(std::string(rpc_limits::line_bytes_max + 1, 'x') + "\n"));
  const auto oversized = client.expect();
  CHECK(oversized["id"].is_null());
  CHECK(oversized["error"]["data"]["code"] == "limit_exceeded");
  CHECK(client.ask("3", "stats")["id"] == 3);
}

TEST_CASE("A notification is carried out and not answered, not even when it is wrong") {
  served_guild served;
  auto client = served.client();
  CHECK(client.ask("1", "subscribe", R"({"kinds":["admission"]})").contains("result"));
  REQUIRE(client.send(R"({"jsonrpc":"2.0","method":"no_such_method"})"
                      "\n"
                      R"({"jsonrpc":"2.0","method":"quarantine","params":{"name":"one_planner","reason":"quietly"}})"
                      "\n"));
  CHECK(client.expect()["params"]["admission"] == "quarantined");
  const auto record = client.ask("5", "describe", R"({"name":"one_planner"})");
  CHECK(record["id"] == 5);
  CHECK(record["result"]["admission"] == "quarantined");
}

TEST_CASE("A client's request is cancelled by its id, down to the planner") {
  served_guild served;
  auto client = served.client();
  REQUIRE(client.send(raw_client::request("\"long\"", "plan", plan_for("wait for cancel"))));
  REQUIRE(served.guild().wait_until_planning());
  REQUIRE(client.send(raw_client::request("2", "cancel", R"({"id":"long"})")));
  std::map<std::string, json> answers;
  for (int each = 0; each < 2; ++each) {
    auto answer = client.expect();
    answers[answer["id"].dump()] = answer;
  }
  CHECK(answers["2"]["result"]["cancelled"] == true);
  CHECK(answers["\"long\""]["error"]["data"]["code"] == "cancelled");
  CHECK(served.guild().wait_until_cancelled());
  CHECK(client.ask("3", "cancel", R"({"id":"long"})")["result"]["cancelled"] == false);
  CHECK(client.ask("4", "cancel")["error"]["code"] == rpc_code::invalid_params);
}

TEST_CASE("One client cannot cancel another one's request") {
  served_guild served;
  auto owner = served.client();
  auto other = served.client();
  REQUIRE(owner.send(raw_client::request("1", "plan", plan_for("wait for cancel"))));
  REQUIRE(served.guild().wait_until_planning());
  CHECK(other.ask("1", "cancel", R"({"id":1})")["result"]["cancelled"] == false);
  CHECK(owner.ask("2", "cancel", R"({"id":1})").contains("id"));
}

TEST_CASE("A client that goes away takes its work with it") {
  served_guild served;
  auto client = served.client();
  REQUIRE(client.send(raw_client::request("1", "plan", plan_for("wait for cancel"))));
  REQUIRE(served.guild().wait_until_planning());
  client.close();
  CHECK(served.guild().wait_until_cancelled());
}

TEST_CASE("A client that ends its input is told everything before its connection ends") {
  served_guild served;
  auto client = served.client();
  REQUIRE(client.send(raw_client::request("1", "plan", plan_for("sleep 50")) +
                      R"({"jsonrpc":"2.0","id":2,"method":"stats"})"));
  client.end_input();
  std::set<int> ids;
  while (const auto answer = client.next()) {
    CHECK(answer->contains("result"));
    ids.insert(answer->value("id", 0));
  }
  CHECK(ids == std::set<int>{1, 2});
}

TEST_CASE("Subscribers hear of the kinds they asked for, and of nothing after they unsubscribe") {
  served_guild served;
  auto listener = served.client();
  auto other = served.client();
  CHECK(listener.ask("1", "subscribe", R"({"kinds":["admission"]})")["result"]["subscribed"] == true);
  CHECK(listener.ask("2", "subscribe", R"({"kinds":["weather"]})")["error"]["code"] == rpc_code::invalid_params);
  CHECK(other.ask("1", "quarantine", R"({"name":"one_planner","reason":"a test"})").contains("result"));
  const auto event = listener.expect();
  CHECK(event["method"] == "event");
  CHECK_FALSE(event.contains("id"));
  CHECK(event["params"]["kind"] == "admission");
  CHECK(event["params"]["planner"] == "one_planner");
  CHECK(event["params"]["admission"] == "quarantined");
  CHECK(listener.ask("3", "unsubscribe")["result"]["subscribed"] == true);
  CHECK(other.ask("2", "reinstate", R"({"name":"one_planner"})").contains("result"));
  CHECK(listener.ask("4", "unsubscribe")["result"]["subscribed"] == false);
}

TEST_CASE("More requests than may run at once wait for their turn, and cancel does not wait with them") {
  served_guild served;
  auto client = served.client();
  constexpr int blocked = static_cast<int>(rpc_limits::in_flight_per_client_max);
  std::string text;
  for (int id = 1; id <= blocked; ++id) {
    // Only the first is at the planner; the others queue there, or are refused by its bounded queue.
    text += raw_client::request(std::to_string(id), "plan", plan_for("wait for cancel"));
  }
  for (int id = blocked + 1; id <= blocked + 50; ++id) text += raw_client::request(std::to_string(id), "stats");
  REQUIRE(client.send(text));
  REQUIRE(served.guild().wait_until_planning());
  for (int id = 1; id <= blocked; ++id) {
    REQUIRE(client.send(raw_client::request("\"c\"", "cancel", json{{"id", id}}.dump())));
  }
  std::map<int, int> answered;
  int confirmations = 0;
  while (answered.size() < static_cast<std::size_t>(blocked) + 50 || confirmations < blocked) {
    const auto answer = client.next();
    REQUIRE(answer);
    if ((*answer)["id"] == "c") {
      ++confirmations;
    } else {
      ++answered[(*answer)["id"].get<int>()];
    }
  }
  CHECK(std::all_of(answered.begin(), answered.end(), [](const auto& each) { return each.second == 1; }));
}

TEST_CASE("A stop lets what runs end, and answers stopping to what does not") {
  rpc_server_bounds bounds;
  bounds.stop_drain = std::chrono::milliseconds{300};
  served_guild served{bounds, {"one_planner"}};
  auto client = served.client();
  REQUIRE(client.send(raw_client::request("1", "plan", plan_for("wait for cancel"))));
  REQUIRE(served.guild().wait_until_planning());
  CHECK(served.stop());
  CHECK(client.expect()["error"]["data"]["code"] == "stopping");
  CHECK_FALSE(client.next());
  CHECK_FALSE(connect_to(served.path()));
}

TEST_CASE("More clients than the bound are told so") {
  rpc_server_bounds bounds;
  bounds.clients_max = 2;
  served_guild served{bounds};
  auto first = served.client();
  auto second = served.client();
  CHECK(first.ask("1", "stats").contains("result"));
  CHECK(second.ask("1", "stats").contains("result"));
  auto third = served.client();
  CHECK(third.expect()["error"]["data"]["code"] == "overloaded");
  CHECK_FALSE(third.next());
  first.close();
  CHECK(second.ask("2", "stats").contains("result"));
}

TEST_CASE("A pipe is served to the end of its input, whatever the order of its answers") {
  builtin_guild guild{{"one_planner"}};
  rpc_server server{guild.runtime()};
  std::array<int, 2> requests{};
  std::array<int, 2> answers{};
  REQUIRE(::pipe2(requests.data(), O_CLOEXEC) == 0);
  REQUIRE(::pipe2(answers.data(), O_CLOEXEC) == 0);
  server.serve_pipe(descriptor{requests[0]}, descriptor{answers[1]});
  const std::string text =
      raw_client::request("1", "plan", plan_for("sleep 20")) + "nonsense\n" + raw_client::request("2", "stats");
  REQUIRE(::write(requests[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  ::close(requests[1]);
  CHECK(server.run());
  std::string told(100'000, '\0');
  const auto count = ::read(answers[0], told.data(), told.size());
  REQUIRE(count > 0);
  ::close(answers[0]);
  told.resize(static_cast<std::size_t>(count));
  CHECK(std::count(told.begin(), told.end(), '\n') == 3);
  CHECK(told.find(R"("id":1,"result")") != std::string::npos);
  CHECK(told.find(R"("id":2,"result")") != std::string::npos);
}
