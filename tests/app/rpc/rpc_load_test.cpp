// Many clients at once, some of them bad: the others are answered, each request once, and what the bad ones cost is
// bounded. Real sockets, real threads; each client makes its assertions after its thread has ended.
#include <algorithm>
#include <random>

#include "app/rpc/rpc_client.hpp"
#include "app/rpc/rpc_limits.hpp"
#include "tests/app/rpc/rpc_test_support.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)
using nlohmann::json;

namespace {

constexpr int requests_per_client = 1'000;

/// The request of this number, and whether `answer` is right for it.
std::string mixed_request(int number) {
  const auto id = std::to_string(number);
  switch (number % 6) {
    case 0:
      return raw_client::request(id, "stats");
    case 1:
      return raw_client::request(id, "select", R"({"objective":"improve it"})");
    case 2:
      return raw_client::request(id, "describe", R"({"name":"two_planner"})");
    case 3:
      return raw_client::request(id, "describe", R"({"name":"unknown_)" + id + "\"}");
    case 4:
      return raw_client::request(id, "no_method_" + id);
    default:
      return raw_client::request(id, "health");
  }
}

bool is_right(int number, const json& answer) {
  const auto result = answer.value("result", json::object());
  const auto error = answer.value("error", json::object());
  switch (number % 6) {
    case 0:
      return result.value("records", 0) == 2;
    case 1:
      return result.value("best", "") == "one_planner";
    case 2:
      return result.value("name", "") == "two_planner";
    case 3:
      return error.value("data", json::object()).value("planner", "") == "unknown_" + std::to_string(number);
    case 4:
      return error.value("code", 0) == rpc_code::unknown_method &&
             error.value("message", "").find("no_method_" + std::to_string(number) + "\"") != std::string::npos;
    default:
      return result.value("active", 0) == 2;
  }
}

/// What became of a good client's requests.
struct tally {
  int answered_once = 0;
  int wrong = 0;
  int repeated = 0;
};

tally ask_everything(const std::string& path) {
  raw_client client{path};
  tally result;
  std::vector<bool> seen(requests_per_client, false);
  const auto take = [&] {
    const auto answer = client.next();
    if (!answer) return false;
    const auto number = answer->value("id", -1);
    if (number < 0 || number >= requests_per_client || !is_right(number, *answer)) {
      ++result.wrong;
    } else if (seen[static_cast<std::size_t>(number)]) {
      ++result.repeated;
    } else {
      seen[static_cast<std::size_t>(number)] = true;
      ++result.answered_once;
    }
    return true;
  };
  constexpr int ahead = 200;  // requests in flight
  for (int number = 0; number < requests_per_client; ++number) {
    if (!client.send(mixed_request(number)) || (number >= ahead && !take())) return result;
  }
  for (int left = 0; left < ahead; ++left) {
    if (!take()) return result;
  }
  return result;
}

void send_garbage(const std::string& path, std::uint64_t seed) {
  raw_client client{path};
  std::mt19937_64 random{seed};
  for (int each = 0; each < 500; ++each) {
    std::string bytes(random() % 300, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random() % 256);
    if (each % 3 == 0) bytes += mixed_request(each).substr(0, random() % 60) + "\n";
    if (!client.send(bytes)) return;
  }
}

/// Asks for a lot and is gone before the answers come, over and over.
void come_and_go(const std::string& path, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  for (int each = 0; each < 40; ++each) {
    raw_client client{path};
    std::string text;
    for (int number = 0; number < 50; ++number) text += mixed_request(number);
    (void)client.send(std::string_view{text}.substr(0, random() % text.size()));
  }
}

}  // namespace

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
