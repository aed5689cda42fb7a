// The schemas of rpc: one for the parameters and one for the result of each method, made from the messages' lists of
// fields. Owned by the command; pure function, any thread.
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "app/cli/schema.hpp"
#include "app/host/operations.hpp"
#include "messages/events.hpp"
#include "messages/json_fields.hpp"

namespace planguild::cli {
namespace {

using nlohmann::ordered_json;

/// Schemas of types; those of messages are put among the definitions once and referred to.
class schema_maker {
 public:
  /// The schema of `T`; a message's scalar fields get their defaults if it is `asked`, not answered.
  template <class T>
  ordered_json of(const T&, bool asked) {
    if constexpr (std::is_same_v<T, bool>) {
      return {{"type", "boolean"}};
    } else if constexpr (std::is_same_v<T, double>) {
      return {{"type", "number"}};
    } else if constexpr (std::is_same_v<T, std::string>) {
      return {{"type", "string"}};
    } else if constexpr (std::is_integral_v<T>) {
      return {
          {"type", "integer"}, {"minimum", std::numeric_limits<T>::min()}, {"maximum", std::numeric_limits<T>::max()}};
    } else if constexpr (std::is_enum_v<T>) {
      auto names = ordered_json::array();
      for (const auto name : planguild_enum_names(T{})) names.push_back(std::string{name});
      return {{"enum", std::move(names)}};
    } else {
      return of_compound(T{}, asked);
    }
  }

  ordered_json take_definitions() { return std::move(definitions_); }

 private:
  template <class T>
  ordered_json of_compound(const std::vector<T>&, bool asked) {
    return {{"type", "array"}, {"items", of(T{}, asked)}};
  }

  template <class T>
  ordered_json of_compound(const std::optional<T>&, bool asked) {
    return {{"anyOf", ordered_json::array({of(T{}, asked), ordered_json{{"type", "null"}}})}};
  }

  template <class T>
  ordered_json of_compound(const outcome<T>&, bool asked) {
    return {{"description", "Either a value or an error; the other one is null."},
            {"type", "object"},
            {"additionalProperties", false},
            {"properties", {{"value", of(std::optional<T>{}, asked)}, {"error", of(std::optional<failure>{}, asked)}}}};
  }

  template <json_fields::message_type T>
  ordered_json of_compound(const T& message, bool asked) {
    const std::string name{planguild_type_name(&message)};
    ordered_json reference = {{"$ref", "#/$defs/" + name}};
    if (definitions_.contains(name)) return reference;
    definitions_[name] = nullptr;  // keeps its place: a message never holds itself
    auto properties = ordered_json::object();
    [[maybe_unused]] constexpr auto names = planguild_field_names(static_cast<const T*>(nullptr));
    [[maybe_unused]] std::size_t index = 0;
    planguild_visit([&](const auto&... fields) { (add_property(properties, names[index++], fields, asked), ...); },
                    message);
    if constexpr (std::is_same_v<T, plan>) {
      properties["meta"] = {{"description", "Whatever the planner wants to add."}, {"type", "object"}};
    }
    definitions_[name] = {{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
    return reference;
  }

  template <class T>
  void add_property(ordered_json& properties, std::string_view name, const T& value, bool asked) {
    auto schema = of(value, asked);
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, std::string>) {
      if (asked) schema["default"] = json_fields::write_field(value);
    }
    properties[std::string{name}] = std::move(schema);
  }

  ordered_json definitions_ = ordered_json::object();
};

ordered_json object_of(ordered_json properties, const std::vector<std::string>& required = {}) {
  ordered_json schema = {{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = required;
  return schema;
}

/// What a connection answers by itself, without the runtime.
void add_own_methods(ordered_json& methods) {
  const ordered_json flag = {{"type", "boolean"}};
  const auto none = object_of(ordered_json::object());
  methods["cancel"] = {{"description", "Gives up the request of this id, down to the planner."},
                       {"params", object_of({{"id", {{"type", {"string", "integer", "null"}}}}}, {"id"})},
                       {"result", object_of({{"cancelled", flag}})}};
  methods["subscribe"] = {
      {"description", "Sends notifications `event`; without kinds: all but snapshot."},
      {"params",
       object_of({{"kinds",
                   {{"type", "array"}, {"items", {{"enum", {"alert", "instance_state", "admission", "snapshot"}}}}}}})},
      {"result", object_of({{"subscribed", flag}})}};
  methods["unsubscribe"] = {{"description", "Ends them; says whether there was a subscription."},
                            {"params", none},
                            {"result", object_of({{"subscribed", flag}})}};
  methods["version"] = {
      {"description", "Who answers."}, {"params", none}, {"result", object_of({{"version", {{"type", "string"}}}})}};
  methods["show_paths"] = {{"description", "From now on `where` is told in full."},
                           {"params", none},
                           {"result", object_of({{"paths_shown", flag}})}};
}

constexpr const char* rpc_description =
    "Of each method of `planguild rpc` the params and the result. Absent params keep their defaults, unknown ones are "
    "refused. A failure is the error -32000 whose data is a `failure`; -32602 says that params were refused.";

}  // namespace

nlohmann::ordered_json rpc_schema() {
  ordered_json schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "planguild rpc";
  schema["description"] = rpc_description;
  auto& methods = schema["methods"] = ordered_json::object();
  schema_maker maker;
  // First everything that is asked: what both sides hold is described with its defaults.
#define PLANGUILD_PARAMS(method, request, reply) methods[#method]["params"] = maker.of(request{}, true);
  PLANGUILD_OPERATIONS(PLANGUILD_PARAMS)
#undef PLANGUILD_PARAMS
#define PLANGUILD_RESULT(method, request, reply) methods[#method]["result"] = maker.of(reply{}, false);
  PLANGUILD_OPERATIONS(PLANGUILD_RESULT)
#undef PLANGUILD_RESULT
  add_own_methods(methods);
  schema["notifications"]["event"]["params"] = maker.of(runtime_event{}, false);
  schema["notifications"]["events_dropped"]["params"] = object_of({{"count", {{"type", "integer"}, {"minimum", 0}}}});
  schema["error_data"] = maker.of(failure{}, false);
  schema["$defs"] = maker.take_definitions();
  return schema;
}

}  // namespace planguild::cli
