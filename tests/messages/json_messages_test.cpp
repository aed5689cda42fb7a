// JSON of messages: every type there and back, and what is refused, with the path of what is wrong.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "messages/environment.hpp"
#include "messages/events.hpp"
#include "messages/health.hpp"
#include "messages/instantiation.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/message_list.hpp"
#include "messages/operations.hpp"
#include "messages/planning.hpp"
#include "messages/profiling.hpp"
#include "messages/store.hpp"
#include "tests/messages/message_filler.hpp"

using namespace planguild;

namespace {

nlohmann::json parsed(std::string_view text) {
  auto json = parse_json(text, {limits::protocol_line_bytes_max, limits::protocol_depth_max}, failure_code::internal);
  REQUIRE(json);
  return *json;
}

template <class Message>
void check_round_trip(const char* name) {
  INFO(name);
  Message original{};
  testing::message_filler{}.fill(original);
  if constexpr (!std::is_empty_v<Message>) CHECK_FALSE(original == Message{});
  const auto text = dump_json(to_json(original));
  CHECK(text.find('\n') == std::string::npos);
  const auto read = from_json<Message>(parsed(text));
  REQUIRE(read);
  CHECK(*read == original);
  const auto defaults = from_json<Message>(parsed(dump_json(to_json(Message{}))));
  REQUIRE(defaults);
  CHECK(*defaults == Message{});
}

/// Where and why `text` is refused as a select_request called "request".
failure refusal_of(std::string_view text) {
  const auto read = from_json<plan_request>(parsed(text), "request");
  REQUIRE_FALSE(read);
  CHECK(read.error->code == failure_code::invalid_request);
  CHECK_FALSE(read.error->message.empty());
  return *read.error;
}

}  // namespace

TEST_CASE("Every message survives JSON with every field set") {
#define CHECK_ROUND_TRIP(type) check_round_trip<type>(#type);
  PLANGUILD_MESSAGES(CHECK_ROUND_TRIP)
  PLANGUILD_REPLIES(CHECK_ROUND_TRIP)
#undef CHECK_ROUND_TRIP
}

TEST_CASE("A failure inside an outcome survives JSON") {
  const outcome<selection> original = make_failure(failure_code::no_candidate, "nothing reaches 0.9", "p", "floor");
  const auto read = from_json<outcome<selection>>(parsed(dump_json(to_json(original))));
  REQUIRE(read);
  CHECK(*read == original);
  CHECK(to_json(*original.error)["code"] == "no_candidate");
}

TEST_CASE("An outcome with both or neither of value and error is refused") {
  CHECK_FALSE(from_json<outcome<selection>>(parsed("{}")));
  CHECK_FALSE(from_json<outcome<selection>>(parsed(R"({"value":{},"error":{}})")));
  CHECK_FALSE(from_json<outcome<selection>>(parsed(R"({"value":{},"colour":1})")));
  CHECK(from_json<outcome<selection>>(parsed(R"({"value":{}})")));
}

TEST_CASE("JSON keys come in the order of the fields") {
  CHECK(dump_json(to_json(plan_evidence{"a.cpp", 3, "x"})) == R"({"file":"a.cpp","line":3,"text":"x"})");
  CHECK(dump_json(to_json(plan_evidence{"a.cpp", {}, "x"})) == R"({"file":"a.cpp","line":null,"text":"x"})");
}

TEST_CASE("Absent keys keep their defaults") {
  const auto read = from_json<select_request>(parsed(R"({"objective":"tidy up"})"));
  REQUIRE(read);
  CHECK(read->objective == "tidy up");
  CHECK(read->prefer_production);
  CHECK(read->top == 16);
}

TEST_CASE("An unknown key is refused with its path and the known keys") {
  const auto problem = refusal_of(R"({"request":{"context":{"colour":1}}})");
  CHECK(problem.where == "request.request.context.colour");
  CHECK(problem.message.find("hotspots") != std::string::npos);
  CHECK(refusal_of(R"({"a b":1})").where == R"(request["a b"])");
  CHECK(refusal_of("{\"" + std::string(100'000, 'x') + "\":1}").where.size() < 500);
}

TEST_CASE("A wrong type is refused with its path and what was found") {
  const auto problem = refusal_of(R"({"request":{"required_capabilities":["a","b",3]}})");
  CHECK(problem.where == "request.request.required_capabilities[2]");
  CHECK(problem.message.find("must be text, but is an integer") != std::string::npos);
  CHECK(refusal_of("[]").where == "request");
  CHECK(refusal_of(R"({"request":[]})").where == "request.request");
  CHECK(refusal_of(R"({"timeout_ms":"5"})").where == "request.timeout_ms");
  CHECK(refusal_of(R"({"request":{"prefer_production":1}})").where == "request.request.prefer_production");
  CHECK(refusal_of(R"({"planner":null})").where == "request.planner");
}

TEST_CASE("Integers out of range or with a fraction or exponent are refused") {
  CHECK(refusal_of(R"({"request":{"top":-1}})").where == "request.request.top");
  CHECK(refusal_of(R"({"timeout_ms":9223372036854775808})").where == "request.timeout_ms");
  CHECK(refusal_of(R"({"timeout_ms":5.0})").where == "request.timeout_ms");
  CHECK(refusal_of(R"({"timeout_ms":1e3})").where == "request.timeout_ms");
  CHECK(refusal_of(R"({"request":{"top":18446744073709551616}})").where == "request.request.top");
  const auto lowest = from_json<plan_request>(parsed(R"({"timeout_ms":-9223372036854775808})"));
  REQUIRE(lowest);
  CHECK(lowest->timeout_ms == INT64_MIN);
  const auto largest = from_json<plan_request>(parsed(R"({"request":{"top":18446744073709551615}})"));
  REQUIRE(largest);
  CHECK(largest->request.top == UINT64_MAX);
  CHECK_FALSE(from_json<planner_permissions>(parsed(R"({"network":[65536]})")));
  CHECK(from_json<planner_permissions>(parsed(R"({"network":[65535]})")));
  CHECK_FALSE(from_json<failure_evidence>(parsed(R"({"exit_code":2147483648})")));
}

TEST_CASE("An unknown enumerator is refused with the known ones") {
  const auto read = from_json<plan_task>(parsed(R"({"risk":"huge"})"), "plan.tasks[4]");
  REQUIRE_FALSE(read);
  CHECK(read.error->where == "plan.tasks[4].risk");
  CHECK(read.error->message.find("low, medium, high") != std::string::npos);
  CHECK_FALSE(from_json<plan_task>(parsed(R"({"risk":0})")));
}

TEST_CASE("A double takes every JSON number and nothing else") {
  CHECK(from_json<selection>(parsed(R"({"score":1})"))->score == 1.0);
  CHECK(from_json<selection>(parsed(R"({"score":-1e-3})"))->score == -1e-3);
  CHECK_FALSE(from_json<selection>(parsed(R"({"score":null})")));
  CHECK_FALSE(from_json<selection>(parsed(R"({"score":"1"})")));
}
