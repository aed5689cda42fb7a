// Clients that are good, babble, or come and go. Test support; makes no assertions, so that any thread may use it.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "app/rpc/json_rpc.hpp"
#include "tests/app/rpc/rpc_test_support.hpp"

namespace planguild::test {

inline constexpr int requests_per_client = 1'000;

enum class asked {
  stats,
  select,
  describe,
  unknown_planner,
  unknown_method,
  health,
  plan,
  acquire,
  cancel,
  subscribe,
  heal,
  probe
};

/// The first six in turn, and in between small shares of what costs more.
inline asked asked_by(int number) {
  switch (number % 100) {
    case 7:
      return asked::plan;
    case 19:
      return asked::acquire;
    case 31:
      return asked::cancel;
    case 43:
      return asked::subscribe;
    case 55:
      return asked::heal;
    case 67:
      return number < 100 ? asked::probe : asked::plan;
    default:
      return static_cast<asked>(number % 6);
  }
}

/// The request of this number, and whether `answer` is right for it.
inline std::string mixed_request(int number) {
  const auto id = std::to_string(number);
  switch (asked_by(number)) {
    case asked::stats:
      return raw_client::request(id, "stats");
    case asked::select:
      return raw_client::request(id, "select", R"({"objective":"improve it"})");
    case asked::describe:
      return raw_client::request(id, "describe", R"({"name":"two_planner"})");
    case asked::unknown_planner:
      return raw_client::request(id, "describe", R"({"name":"unknown_)" + id + "\"}");
    case asked::unknown_method:
      return raw_client::request(id, "no_method_" + id);
    case asked::health:
      return raw_client::request(id, "health");
    case asked::plan:
      return raw_client::request(id, "plan",
                                 R"({"planner":"one_planner","request":{"objective":"improve )" + id + "\"}}");
    case asked::acquire:
      return raw_client::request(id, "acquire", R"({"planner":"one_planner"})");
    case asked::cancel:
      return raw_client::request(id, "cancel", R"({"id":"nothing_of_this_id"})");
    case asked::subscribe:
      return raw_client::request(id, "subscribe", R"({"kinds":["admission"]})");
    case asked::heal:
      return raw_client::request(id, "heal");
    case asked::probe:
      break;
  }
  return raw_client::request(id, "probe", R"({"name":"two_planner"})");
}

inline bool is_right(int number, const nlohmann::json& answer) {
  const auto id = std::to_string(number);
  const auto result = answer.value("result", nlohmann::json::object());
  const auto error = answer.value("error", nlohmann::json::object());
  const auto failed = error.value("data", nlohmann::json::object());
  switch (asked_by(number)) {
    case asked::stats:
      return result.value("records", 0) == 2;
    case asked::select:
      return result.value("best", "") == "one_planner";
    case asked::describe:
      return result.value("name", "") == "two_planner";
    case asked::unknown_planner:
      return failed.value("planner", "") == "unknown_" + id;
    case asked::unknown_method:
      return error.value("code", 0) == rpc_code::unknown_method &&
             error.value("message", "").find("no_method_" + id + "\"") != std::string::npos;
    case asked::health:
      return result.value("active", 0) == 2;
    case asked::plan:  // a planner's queue is bounded
      return result.value("plan", nlohmann::json::object()).value("objective", "") == "improve " + id ||
             (failed.value("code", "") == "overloaded" && failed.value("planner", "") == "one_planner");
    case asked::acquire:
      return result.value("name", "") == "one_planner";
    case asked::cancel:
      return result.contains("cancelled") && result["cancelled"] == false;
    case asked::subscribe:
      return result.value("subscribed", false);
    case asked::heal:
      return result.value("before_active", 0) == 2 && result.value("attempts", -1) == 0;
    case asked::probe:
      break;
  }
  return result.value("name", "") == "two_planner" && result.value("state", "") == "admitted";
}

/// What became of a good client's requests.
struct tally {
  int answered_once = 0;
  int wrong = 0;
  int repeated = 0;
  int events = 0;  // that it has subscribed to
};

inline tally ask_everything(const std::string& path) {
  raw_client client{path};
  tally result;
  std::vector<bool> seen(requests_per_client, false);
  const auto take = [&] {
    auto answer = client.next();
    for (; answer && answer->contains("method"); answer = client.next()) ++result.events;
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

inline void send_garbage(const std::string& path, std::uint64_t seed) {
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
inline void come_and_go(const std::string& path, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  for (int each = 0; each < 40; ++each) {
    raw_client client{path};
    std::string text;
    for (int number = 0; number < 50; ++number) text += mixed_request(number);
    (void)client.send(std::string_view{text}.substr(0, random() % text.size()));
  }
}

}  // namespace planguild::test
