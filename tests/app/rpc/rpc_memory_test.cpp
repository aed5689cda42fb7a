// What a server holds for its clients stays within its bounds, whatever they do: counted by the server itself at every
// turn, not timed. Real sockets, real threads.
#include <chrono>

#include "app/rpc/rpc_limits.hpp"
#include "tests/app/rpc/rpc_clients.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

constexpr std::size_t mebibyte = std::size_t{1'024} * 1'024;

/// Asks for long answers and reads none, until the server has had enough.
void ask_and_never_read(const std::string& path) {
  raw_client client{path};
  std::string text;
  for (int each = 0; each < 5'000; ++each) text += raw_client::request("1", "diagnostics", R"({"verbose":true})");
  if (!client.send(text)) return;
  pollfd watched{client.fd(), 0, 0};
  (void)::poll(&watched, 1, 30'000);  // its end
}

/// Sends lines that never end.
void send_endless_line(const std::string& path) {
  raw_client client{path};
  const std::string piece(mebibyte, ' ');
  for (int each = 0; each < 20; ++each) {
    if (!client.send(piece)) return;
  }
}

bool wait_until_all_are_gone(const served_guild& served) {
  for (int tries = 0; tries < 20'000; ++tries) {
    const auto now = served.load();
    if (now.clients == 0 && now.held_bytes == 0) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return false;
}

}  // namespace

TEST_CASE("Thousands of requests of clients that do not read, babble or vanish stay within the server's bounds") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  rpc_server_bounds bounds;
  bounds.clients_max = 200;  // more than there ever are, so that nobody is refused
  bounds.held_bytes_max = 12 * mebibyte;
  bounds.write_stall = std::chrono::milliseconds{500};
  served_guild served{bounds, {"one_planner", "two_planner"}};
  const auto answer_bytes = served.client().ask("1", "diagnostics", R"({"verbose":true})").dump().size();
  std::vector<std::thread> threads;
  std::vector<tally> tallies(4);
  for (unsigned each = 0; each < 6; ++each) {
    threads.emplace_back([&served] { ask_and_never_read(served.path()); });
    threads.emplace_back([&served] { send_endless_line(served.path()); });
    threads.emplace_back([&served, each, seed] { send_garbage(served.path(), seed + each); });
    if (each % 2 == 0) threads.emplace_back([&served, each, seed] { come_and_go(served.path(), seed + each); });
  }
  for (auto& result : tallies) threads.emplace_back([&result, &served] { result = ask_everything(served.path()); });
  for (auto& thread : threads) thread.join();
  for (const auto& result : tallies) {
    CHECK(result.answered_once == requests_per_client);
    CHECK(result.wrong == 0);
    CHECK(result.repeated == 0);
  }
  CHECK(wait_until_all_are_gone(served));
  const auto load = served.load();
  INFO("held " << load.held_bytes_peak << ", within a turn " << load.held_bytes_peak_in_turn << " bytes, requests "
               << load.requests_peak << ", dropped " << load.dropped << ", an answer " << answer_bytes << " bytes");
  CHECK(load.clients_peak <= bounds.clients_max);
  CHECK(load.dropped >= 6);  // at least those who never read
  CHECK(load.held_bytes_peak <= bounds.held_bytes_max);
  // Within a turn at most so many answers, and one reading of each client, come on top.
  CHECK(load.held_bytes_peak_in_turn <= bounds.held_bytes_max + rpc_limits::drained_per_turn * 2 * answer_bytes +
                                            bounds.clients_max * rpc_limits::read_bytes_per_turn);
  // A reading that was begun below the bound may go over it by what fits into it.
  const auto in_one_reading = rpc_limits::read_bytes_per_turn / mixed_request(0).size() + 1;
  CHECK(load.requests_peak > rpc_limits::in_flight_per_client_max);
  CHECK(load.requests_peak <=
        rpc_limits::in_flight_per_client_max + rpc_limits::waiting_per_client_max + in_one_reading);
  CHECK(served.stop());
}

TEST_CASE("What a server holds goes back to nothing when its clients have been told everything") {
  served_guild served;
  {
    auto client = served.client();
    std::string text;
    for (int id = 0; id < 2'000; ++id) text += raw_client::request(std::to_string(id), "stats");
    std::thread sender{[&client, &text] { (void)client.send(text); }};
    int answered = 0;
    for (int each = 0; each < 2'000; ++each) answered += client.expect().contains("result") ? 1 : 0;
    sender.join();
    CHECK(answered == 2'000);
    CHECK(served.load().clients_peak == 1);
    CHECK(served.load().held_bytes_peak_in_turn > 0);
  }
  CHECK(wait_until_all_are_gone(served));
  CHECK(served.load().dropped == 0);
}
