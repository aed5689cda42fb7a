// The facts that ranking takes from a context.
#include <catch2/catch.hpp>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "messages/context.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"

using namespace planguild;

TEST_CASE("A context's index counts when it is truthy and its hotspots leniently") {
  const auto facts = [](std::string_view text) {
    const auto read = context_facts_of(text);
    REQUIRE(read);
    return *read;
  };
  CHECK(facts("") == context_facts{});
  CHECK(facts("[1]") == context_facts{});
  CHECK(facts("{}") == context_facts{});
  for (const auto* falsy : {"null", "false", "0", "0.0", "\"\"", "[]", "{}"}) {
    CHECK_FALSE(facts(std::string{"{\"deep_index_summary\":"} + falsy + "}").deep_index);
  }
  for (const auto* truthy : {"true", "1", "-0.5", "\"x\"", "[0]", "{\"a\":0}"}) {
    CHECK(facts(std::string{"{\"deep_index_summary\":"} + truthy + "}").deep_index);
  }
  CHECK(facts(R"({"hotspots_count":" 12 "})").hotspots == 12);
  CHECK(facts(R"({"hotspots_count":1e300})").hotspots == INT64_MAX);
  CHECK(facts(R"({"hotspots_count":null})").hotspots == 0);
}

TEST_CASE("The deepest context that is accepted fits a protocol line, and one deeper is refused before it is sent") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  const auto line = [&](std::size_t depth) {
    return parse_json(R"({"jsonrpc":"2.0","params":{"context":)" + nested(depth) + "}}",
                      {limits::protocol_line_bytes_max, limits::protocol_depth_max}, failure_code::protocol_error);
  };
  CHECK(context_facts_of(nested(limits::context_depth_max)));
  CHECK(line(limits::context_depth_max));
  CHECK_FALSE(line(limits::context_depth_max + 1));
  const auto refused = context_facts_of(nested(limits::context_depth_max + 1));
  REQUIRE_FALSE(refused);
  CHECK(refused.error->message.find(std::to_string(limits::context_depth_max)) != std::string::npos);
}

TEST_CASE("A context that is no JSON, too deep or too large is an invalid request") {
  for (const auto& text : {std::string{"{"}, std::string(limits::context_depth_max + 1, '['),
                           std::string(limits::context_bytes_max + 1, ' ')}) {
    const auto read = context_facts_of(text);
    REQUIRE_FALSE(read);
    CHECK(read.error->code == failure_code::invalid_request);
    CHECK(read.error->where == "context");
  }
}
