// Planner protocol 1 as text: what the host says, and what each line of a planner means. Plain class.
#include "actors/instantiation/planner_protocol.hpp"

#include <catch2/catch.hpp>

#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "tests/support/test_environment.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

class counting final : public random_source {
 public:
  std::uint64_t next() override { return ++count_; }

 private:
  std::uint64_t count_ = 0;
};

std::string result_line(const nlohmann::json& request, const nlohmann::json& result) {
  return nlohmann::json{{"jsonrpc", "2.0"}, {"id", request["id"]}, {"result", result}}.dump();
}

}  // namespace

TEST_CASE("Requests are one JSON-RPC line each, with ids that differ") {
  counting random;
  planner_protocol protocol{random, "alpha"};
  const auto first = nlohmann::json::parse(protocol.initialize());
  CHECK(first["method"] == "initialize");
  CHECK(first["params"] == nlohmann::json{{"protocol", 1}});
  CHECK(protocol.read(result_line(first, nlohmann::json::object())).kind == protocol_reading::kind::result);
  const auto second = protocol.generate_plan("line one\nline two", R"({"a":1})", "/repository", 500);
  CHECK(second.find('\n') == std::string::npos);
  const auto parsed = nlohmann::json::parse(second);
  CHECK(parsed["id"] != first["id"]);
  CHECK(parsed["params"]["context"]["a"] == 1);
  CHECK(parsed["params"]["timeout_ms"] == 500);
  CHECK(nlohmann::json::parse(protocol.cancel())["params"]["id"] == parsed["id"]);
}

TEST_CASE("Without context and repository a plan request says null, and broken UTF-8 is replaced") {
  counting random;
  planner_protocol protocol{random, "alpha"};
  const auto request = nlohmann::json::parse(protocol.generate_plan("bad \xff text", "", "", 1));
  CHECK(request["params"]["context"].is_null());
  CHECK(request["params"]["repository"].is_null());
}

TEST_CASE("A context that is no object is sent as none: no planner is to be blamed for it") {
  for (const auto* const context : {"[]", "7", "\"text\"", "true", "null", "{broken"}) {
    counting random;
    planner_protocol protocol{random, "alpha"};
    const auto request = nlohmann::json::parse(protocol.generate_plan("o", context, "", 1));
    CAPTURE(context);
    CHECK(request["params"]["context"].is_null());
  }
}

TEST_CASE("Every kind of line that breaks the protocol is a violation") {
  const char* const lines[] = {
      "",
      "noise",
      "[]",
      "{}",
      R"({"jsonrpc":"1.0","id":"x","result":1})",
      R"({"jsonrpc":"2.0","method":"shout"})",
      R"({"jsonrpc":"2.0","id":"not-mine","result":1})",
      R"({"jsonrpc":"2.0","id":7,"result":1})",
      R"({"jsonrpc":"2.0","id":null,"error":{}})",
      R"({"jsonrpc":"2.0","jsonrpc":"2.0","method":"log"})",
      "{\"jsonrpc\":\"2.0\",\"method\":\"log\"",
      "\xff\xfe",
  };
  for (const auto* line : lines) {
    INFO(line);
    counting random;
    planner_protocol protocol{random, "alpha"};
    (void)protocol.initialize();
    const auto reading = protocol.read(line);
    CHECK(reading.kind == protocol_reading::kind::violation);
    CHECK(reading.problem.code == failure_code::protocol_error);
  }
}

TEST_CASE("An answer with both or neither of result and error, and a second answer, are violations") {
  counting random;
  planner_protocol protocol{random, "alpha"};
  auto request = nlohmann::json::parse(protocol.initialize());
  nlohmann::json both{{"jsonrpc", "2.0"}, {"id", request["id"]}, {"result", 1}, {"error", {{"message", "m"}}}};
  CHECK(protocol.read(both.dump()).kind == protocol_reading::kind::violation);
  nlohmann::json neither{{"jsonrpc", "2.0"}, {"id", request["id"]}};
  CHECK(protocol.read(neither.dump()).kind == protocol_reading::kind::violation);
  CHECK(protocol.read(result_line(request, 1)).kind == protocol_reading::kind::result);
  CHECK(protocol.read(result_line(request, 1)).kind == protocol_reading::kind::violation);
}

TEST_CASE("An error answer means what its request means") {
  const auto code_for = [](auto make_request) {
    counting random;
    planner_protocol protocol{random, "alpha"};
    const auto request = nlohmann::json::parse(make_request(protocol));
    const nlohmann::json error{{"jsonrpc", "2.0"}, {"id", request["id"]}, {"error", {{"message", "secret=hunter2x"}}}};
    const auto reading = protocol.read(error.dump());
    CHECK(reading.kind == protocol_reading::kind::error);
    CHECK(reading.problem.message.find("hunter2x") == std::string::npos);
    return reading.problem.code;
  };
  CHECK(code_for([](auto& p) { return p.initialize(); }) == failure_code::start_failed);
  CHECK(code_for([](auto& p) { return p.self_test(); }) == failure_code::self_test_failed);
  CHECK(code_for([](auto& p) { return p.generate_plan("o", "", "", 1); }) == failure_code::planner_error);
}

TEST_CASE("Capabilities agree as sets, whatever case and order") {
  auto manifest = make_planner("alpha").manifest;
  manifest.capabilities = {"refactor", "structural"};
  const nlohmann::json stated{{"protocol", 1},
                              {"name", " Alpha"},
                              {"version", "1.0.0"},
                              {"capabilities", {" Structural", "REFACTOR", "refactor", 7}}};
  CHECK_FALSE(check_handshake(stated, manifest).has_value());
  auto more = stated;
  more["capabilities"].push_back("extra");
  CHECK(check_handshake(more, manifest)->code == failure_code::handshake_mismatch);
  CHECK(check_handshake("text", manifest)->code == failure_code::protocol_error);
}
