// JSON-RPC requests and answers as text. Pure; any thread.
#include "app/rpc/json_rpc.hpp"

#include <catch2/catch.hpp>

#include "app/rpc/rpc_limits.hpp"

using namespace planguild;  // NOLINT(google-build-using-namespace)

namespace {

rpc_request accepted(std::string_view line) {
  auto read = read_rpc_request(line);
  INFO(line);
  REQUIRE(std::holds_alternative<rpc_request>(read));
  return std::get<rpc_request>(read);
}

rpc_refusal refused(std::string_view line) {
  auto read = read_rpc_request(line);
  INFO(line.substr(0, 200));
  REQUIRE(std::holds_alternative<rpc_refusal>(read));
  return std::get<rpc_refusal>(read);
}

}  // namespace

TEST_CASE("A request has a method, parameters and an id that is echoed as it came") {
  const auto request = accepted(R"({"jsonrpc":"2.0","id":7,"method":"list","params":{"timeout_ms":5}})");
  CHECK(request.method == "list");
  CHECK(request.params == nlohmann::json{{"timeout_ms", 5}});
  CHECK(request.id == "7");
  CHECK(accepted(R"({"jsonrpc":"2.0","id":"a\"b","method":"x"})").id == R"("a\"b")");
  CHECK(accepted(R"({"jsonrpc":"2.0","id":-9223372036854775808,"method":"x"})").id == "-9223372036854775808");
  CHECK(accepted(R"({"jsonrpc":"2.0","id":18446744073709551615,"method":"x"})").id == "18446744073709551615");
  CHECK(accepted(R"({"jsonrpc":"2.0","id":null,"method":"x"})").id == "null");
}

TEST_CASE("A request without an id is a notification, and parameters may be left out") {
  const auto request = accepted(R"({"jsonrpc":"2.0","method":"stats"})");
  CHECK_FALSE(request.id);
  CHECK(request.params == nlohmann::json::object());
}

TEST_CASE("What is no request is refused with the code that JSON-RPC has for it") {
  CHECK(refused("{").code == rpc_code::parse_error);
  CHECK(refused("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}").code == rpc_code::parse_error);
  CHECK(refused(R"({"jsonrpc":"2.0","id":1,"id":2,"method":"x"})").code == rpc_code::parse_error);
  CHECK(refused(std::string(1'000, '[') + std::string(1'000, ']')).code == rpc_code::parse_error);
  CHECK(refused("[]").code == rpc_code::invalid_request);
  CHECK(refused("7").code == rpc_code::invalid_request);
  CHECK(refused(R"({"id":1,"method":"x"})").code == rpc_code::invalid_request);
  CHECK(refused(R"({"jsonrpc":"1.0","id":1,"method":"x"})").code == rpc_code::invalid_request);
  CHECK(refused(R"({"jsonrpc":"2.0","id":1})").code == rpc_code::invalid_request);
  CHECK(refused(R"({"jsonrpc":"2.0","id":1,"method":7})").code == rpc_code::invalid_request);
  CHECK(refused(R"({"jsonrpc":"2.0","id":1,"method":"x","parms":{}})").code == rpc_code::invalid_request);
  CHECK(refused(R"({"jsonrpc":"2.0","id":1,"method":"x","params":[1]})").code == rpc_code::invalid_params);
}

TEST_CASE("A refusal names the request by its id where that can be told") {
  CHECK(refused(R"({"jsonrpc":"2.0","id":"mine"})").id == "\"mine\"");
  CHECK(refused("nonsense").id == "null");
}

TEST_CASE("Ids that could not be echoed exactly are refused") {
  CHECK(refused(R"({"jsonrpc":"2.0","id":1.5,"method":"x"})").id == "null");
  CHECK(refused(R"({"jsonrpc":"2.0","id":18446744073709551616,"method":"x"})").id == "null");
  CHECK(refused(R"({"jsonrpc":"2.0","id":{},"method":"x"})").id == "null");
  CHECK(refused(R"({"jsonrpc":"2.0","id":")" + std::string(rpc_limits::id_bytes_max + 1, 'i') + R"(","method":"x"})")
            .id == "null");
}

TEST_CASE("Secrets in what is refused are masked") {
  const auto problem =
      refused(R"({"jsonrpc":"2.0","id":1,"method":"x","token=ghp_0123456789abcdefghijABCDEFGHIJ0123":1})");
  CHECK(problem.problem.message.find("ghp_0123456789") == std::string::npos);
}

TEST_CASE("An answer is read back as what it was made of") {
  const auto result = read_rpc_reply(rpc_result_line("7", R"({"a":1})"));
  REQUIRE(result);
  REQUIRE(result->has_value());
  CHECK((*result)->id == 7);
  REQUIRE((*result)->result);
  CHECK(*(*result)->result == nlohmann::json{{"a", 1}});

  const auto problem = make_failure(failure_code::quarantined, "It is quarantined.", "a_planner", "here");
  const auto error = read_rpc_reply(rpc_error_line("8", rpc_code::failed, problem));
  REQUIRE(error);
  REQUIRE(error->has_value());
  CHECK((*error)->id == 8);
  CHECK((*error)->result.error == problem);
}

TEST_CASE("A notification is no answer, and an error without an id is everybody's") {
  const auto notification = read_rpc_reply(rpc_notification_line("event", "{}"));
  REQUIRE(notification);
  CHECK_FALSE(notification->has_value());
  const auto problem = make_failure(failure_code::overloaded, "Too many clients.");
  CHECK(read_rpc_reply(rpc_error_line("null", rpc_code::failed, problem)).error == problem);
}

TEST_CASE("What is no answer fails with protocol_error") {
  for (const auto* line :
       {"", "{", "7", "{}", R"({"jsonrpc":"2.0","id":1})", R"({"jsonrpc":"2.0","id":1,"error":7})",
        R"({"jsonrpc":"2.0","id":"x","result":1})", R"({"jsonrpc":"2.0","id":1,"result":1,"error":{}})"}) {
    INFO(line);
    const auto read = read_rpc_reply(line);
    REQUIRE_FALSE(read);
    CHECK(read.error->code == failure_code::protocol_error);
  }
}
