// The schemas of rpc's methods against the operations, the readers and the writers.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "app/cli/schema.hpp"
#include "app/host/operations.hpp"
#include "messages/json.hpp"

using namespace planguild;
using namespace planguild::cli;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

bool has_type(const json& value, const std::string& type) {
  return (type == "string" && value.is_string()) || (type == "boolean" && value.is_boolean()) ||
         (type == "integer" && value.is_number_integer()) || (type == "number" && value.is_number()) ||
         (type == "array" && value.is_array()) || (type == "object" && value.is_object()) ||
         (type == "null" && value.is_null());
}

/// Whether `value` is what `schema` describes, as far as rpc's schemas go: of the keywords that they use, all.
bool is_valid(const ordered_json& schema, const json& value, const ordered_json& root) {
  if (schema.contains("$ref")) {
    const auto target = schema["$ref"].get<std::string>();
    REQUIRE(target.starts_with("#/$defs/"));
    REQUIRE(root["$defs"].contains(target.substr(8)));
    return is_valid(root["$defs"][target.substr(8)], value, root);
  }
  if (schema.contains("anyOf")) {
    return std::any_of(schema["anyOf"].begin(), schema["anyOf"].end(),
                       [&](const auto& each) { return is_valid(each, value, root); });
  }
  if (schema.contains("enum")) {
    return std::any_of(schema["enum"].begin(), schema["enum"].end(),
                       [&](const auto& each) { return json(each) == value; });
  }
  const auto types = schema["type"].is_array() ? schema["type"] : ordered_json::array({schema["type"]});
  if (std::none_of(types.begin(), types.end(),
                   [&](const auto& type) { return has_type(value, type.template get<std::string>()); })) {
    return false;
  }
  if (schema.contains("minimum") && value < json(schema["minimum"])) return false;
  if (schema.contains("maximum") && value > json(schema["maximum"])) return false;
  for (const auto& name : schema.value("required", ordered_json::array())) {
    if (!value.contains(name.get<std::string>())) return false;
  }
  if (value.is_object() && schema.contains("properties")) {
    for (const auto& [key, member] : value.items()) {
      if (!schema["properties"].contains(key) || !is_valid(schema["properties"][key], member, root)) return false;
    }
  }
  if (value.is_array() && schema.contains("items")) {
    return std::all_of(value.begin(), value.end(),
                       [&](const auto& element) { return is_valid(schema["items"], element, root); });
  }
  return true;
}

}  // namespace

TEST_CASE("Each method of rpc has a schema that its default request and reply fit") {
  const auto schema = rpc_schema();
  const auto& methods = schema["methods"];
  std::size_t operations = 0;
#define PLANGUILD_CHECK_METHOD(method, request, reply)                                         \
  {                                                                                            \
    INFO(#method);                                                                             \
    ++operations;                                                                              \
    REQUIRE(methods.contains(#method));                                                        \
    CHECK(is_valid(methods[#method]["params"], json(to_json(request{})), schema));             \
    CHECK(is_valid(methods[#method]["params"], json::object(), schema));                       \
    CHECK_FALSE(is_valid(methods[#method]["params"], json{{"no_such_parameter", 1}}, schema)); \
    CHECK(is_valid(methods[#method]["result"], json(to_json(reply{})), schema));               \
  }
  PLANGUILD_OPERATIONS(PLANGUILD_CHECK_METHOD)
#undef PLANGUILD_CHECK_METHOD
  CHECK(operations >= 18);
  for (const auto* own : {"cancel", "show_paths", "subscribe", "unsubscribe", "version"}) {
    CHECK(methods.contains(own));
  }
  CHECK(methods.size() == operations + 5);
}

TEST_CASE("What the schema says of a request is what the reader says of it") {
  const auto schema = rpc_schema();
  const auto& select = schema["methods"]["select"]["params"];
  const auto both_say = [&](const char* text) {
    INFO(text);
    const auto value = json::parse(text);
    const bool valid = is_valid(select, value, schema);
    CHECK(valid == static_cast<bool>(from_json<select_request>(value)));
    return valid;
  };
  CHECK(both_say(R"({"objective":"o","required_capabilities":["risk"],"top":3,"explain":true})"));
  CHECK(both_say(R"({"context":{"deep_index":true,"hotspots":-9223372036854775808}})"));
  CHECK_FALSE(both_say(R"({"objective":7})"));
  CHECK_FALSE(both_say(R"({"top":-1})"));
  CHECK_FALSE(both_say(R"({"required_capabilities":"risk"})"));
  CHECK_FALSE(both_say(R"({"context":{"hotspots":"3"}})"));
  CHECK_FALSE(both_say(R"({"Objective":"o"})"));
  const auto& defaults = schema["$defs"]["select_request"]["properties"];
  CHECK(defaults["top"]["default"] == 16);
  CHECK(defaults["prefer_production"]["default"] == true);
}

TEST_CASE("A reply with everything in it fits its schema") {
  const auto schema = rpc_schema();
  plan_reply reply;
  reply.plan.meta = R"({"seed":7})";
  reply.plan.tasks.resize(1);
  reply.plan.tasks[0].evidence = {{"a.cpp", 3, "x"}, {"", {}, "y"}};
  reply.selection.emplace().explanations.resize(1);
  reply.attempts = {{"one", failure{failure_code::planner_crashed, "m", "one", "w"}, 1}, {"two", {}, 2}};
  CHECK(is_valid(schema["methods"]["plan"]["result"], json(to_json(reply)), schema));
  many_selections many;
  many.answers = {outcome<selection>{selection{}}, outcome<selection>{failure{}}};
  CHECK(is_valid(schema["methods"]["select_many"]["result"], json(to_json(many)), schema));
  CHECK(is_valid(schema["error_data"], json(to_json(failure{})), schema));
}
