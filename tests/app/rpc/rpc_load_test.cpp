// Many clients at once, some of them bad: the others are answered, each request once, and what the bad ones cost is
// bounded. Real sockets, real threads; each client makes its assertions after its thread has ended.
#include <algorithm>
#include <random>

#include "app/rpc/rpc_client.hpp"
#include "app/rpc/rpc_limits.hpp"
#include "tests/app/rpc/rpc_clients.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)
using nlohmann::json;

TEST_CASE("Fifty clients with a thousand requests each are answered among hanging, babbling and vanishing ones") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  served_guild served{{}, {"one_planner", "two_planner"}};
  std::vector<std::unique_ptr<raw_client>> hanging;
  for (int each = 0; each < 10; ++each) {
    hanging.push_back(std::make_unique<raw_client>(served.path()));
    (void)hanging.back()->send(each % 2 == 0 ? R"({"jsonrpc":"2.0","id":1,"meth)" : mixed_request(0));
  }
  std::vector<std::thread> threads;
  std::vector<tally> tallies(50);
  for (auto& result : tallies) threads.emplace_back([&result, &served] { result = ask_everything(served.path()); });
  for (unsigned each = 0; each < 4; ++each) {
    threads.emplace_back([&served, each, seed] { send_garbage(served.path(), seed + each); });
    threads.emplace_back([&served, each, seed] { come_and_go(served.path(), seed + each); });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& result : tallies) {
    CHECK(result.answered_once == requests_per_client);
    CHECK(result.wrong == 0);
    CHECK(result.repeated == 0);
  }
  CHECK(served.guild().counts().planned > 0);
  CHECK(served.client().ask("1", "stats").contains("result"));
  CHECK(served.stop());
}

TEST_CASE("A client that asks and never reads is dropped once its answers are too many") {
  served_guild served;
  auto greedy = served.client();
  auto other = served.client();
  std::string hundred;
  for (int each = 0; each < 100; ++each) hundred += raw_client::request("1", "diagnostics", R"({"verbose":true})");
  // Far more than the bound: the answers to one round are about 500 kB.
  int rounds = 0;
  while (rounds < 500 && greedy.send(hundred)) ++rounds;
  CHECK(rounds < 500);
  CHECK(other.ask("1", "stats").contains("result"));
}

TEST_CASE("A client that takes nothing of its answer for too long is dropped") {
  rpc_server_bounds bounds;
  bounds.write_stall = std::chrono::milliseconds{200};
  served_guild served{bounds};
  auto stalled = served.client();
  std::string text;
  for (int each = 0; each < 400; ++each) text += raw_client::request("1", "diagnostics", R"({"verbose":true})");
  REQUIRE(stalled.send(text));
  pollfd watched{stalled.fd(), 0, 0};
  CHECK(::poll(&watched, 1, 30'000) == 1);
  CHECK((watched.revents & POLLHUP) != 0);
}

TEST_CASE("Where all clients together hold too much, the one that holds most is dropped") {
  rpc_server_bounds bounds;
  bounds.held_bytes_max = std::size_t{2} * 1'024 * 1'024;
  served_guild served{bounds};
  auto small = served.client();
  auto large = served.client();
  REQUIRE(small.send(std::string(std::size_t{512} * 1'024, ' ')));
  (void)large.send(std::string(std::size_t{4} * 1'024 * 1'024, ' '));
  CHECK_FALSE(large.next());
  REQUIRE(small.send(raw_client::request("1", "stats")));
  CHECK(small.expect().contains("result"));
}

TEST_CASE("A client that asks for one more thing with every answer is never refused for its bound") {
  served_guild served;
  auto client = served.client();
  std::string text;
  constexpr int count = 3'000;
  for (int id = 0; id < count; ++id) text += raw_client::request(std::to_string(id), "stats");
  std::thread sender{[&client, &text] { (void)client.send(text); }};
  std::vector<int> answers(count, 0);
  for (int each = 0; each < count; ++each) {
    const auto answer = client.expect();
    if (answer.contains("result")) ++answers[static_cast<std::size_t>(answer.value("id", 0))];
  }
  sender.join();
  CHECK(std::all_of(answers.begin(), answers.end(), [](int each) { return each == 1; }));
}

TEST_CASE("The blocking client gets answers, failures and its end") {
  served_guild served;
  auto client = rpc_client::connect(served.path(), version());
  REQUIRE(client);
  const auto stats = client->call("stats", "{}", 10'000);
  REQUIRE(stats);
  CHECK((*stats)["records"] == 1);
  const auto unknown = client->call("describe", R"({"name":"nobody_here"})", 10'000);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error->code == failure_code::not_found);
  const auto long_request = client->call("list", std::string(rpc_limits::line_bytes_max, ' '), 10'000);
  REQUIRE_FALSE(long_request);
  CHECK(long_request.error->code == failure_code::limit_exceeded);
  CHECK(client->call("stats", "{}", 10'000));
  std::thread interrupter{[&] {
    (void)served.guild().wait_until_planning();
    client->shut_down();
  }};
  const auto cancelled = client->call("plan", plan_for("wait for cancel"), 60'000);
  interrupter.join();
  REQUIRE_FALSE(cancelled);
  CHECK(cancelled.error->code == failure_code::cancelled);
  CHECK(served.guild().wait_until_cancelled());
  CHECK_FALSE(client->call("stats", "{}", 10'000));
}

TEST_CASE("The blocking client says what is wrong with the other side") {
  served_guild served;
  const auto other_version = rpc_client::connect(served.path(), "99.0");
  REQUIRE_FALSE(other_version);
  CHECK(other_version.error->message.find("use the same version") != std::string::npos);
  auto client = rpc_client::connect(served.path(), version());
  REQUIRE(client);
  CHECK(served.stop());
  const auto gone = client->call("stats", "{}", 10'000);
  REQUIRE_FALSE(gone);
  CHECK(gone.error->code == failure_code::stopping);
}
