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

/// The request of this number, and whether `answer` is right for it.
inline std::string mixed_request(int number) {
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

inline bool is_right(int number, const nlohmann::json& answer) {
  const auto result = answer.value("result", nlohmann::json::object());
  const auto error = answer.value("error", nlohmann::json::object());
  switch (number % 6) {
    case 0:
      return result.value("records", 0) == 2;
    case 1:
      return result.value("best", "") == "one_planner";
    case 2:
      return result.value("name", "") == "two_planner";
    case 3:
      return error.value("data", nlohmann::json::object()).value("planner", "") == "unknown_" + std::to_string(number);
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

inline tally ask_everything(const std::string& path) {
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
