// JSON-RPC 2.0: see the header.
#include "app/rpc/json_rpc.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "app/rpc/rpc_limits.hpp"
#include "messages/json.hpp"
#include "messages/json_fields.hpp"
#include "messages/scrub.hpp"

namespace planguild {
namespace {

constexpr json_bounds request_bounds = {rpc_limits::line_bytes_max, rpc_limits::depth_max};
constexpr json_bounds reply_bounds = {rpc_limits::reply_bytes_max, rpc_limits::reply_depth_max};
constexpr std::array<std::string_view, 4> request_members = {"jsonrpc", "id", "method", "params"};

rpc_refusal refuse(std::string id, std::string_view message, std::string_view where = {}) {
  return {std::move(id), rpc_code::invalid_request, make_failure(failure_code::invalid_request, message, {}, where)};
}

bool is_good_id(const nlohmann::json& id) {
  if (const auto* text = id.get_ptr<const std::string*>()) return text->size() <= rpc_limits::id_bytes_max;
  return id.is_null() || id.is_number_integer();
}

bool is_version_2(const nlohmann::json& message) {
  const auto version = message.find("jsonrpc");
  const auto* text = version == message.end() ? nullptr : version->get_ptr<const std::string*>();
  return text != nullptr && *text == "2.0";
}

/// The failure inside a JSON-RPC error; one made of its message where there is none.
failure failure_in(const nlohmann::json& error) {
  failure read;
  if (const auto data = error.find("data");
      data != error.end() && !json_fields::read_field(*data, read, json_fields::json_path{nullptr, "data"})) {
    return read;
  }
  const auto message = error.find("message");
  const auto* text = message == error.end() ? nullptr : message->get_ptr<const std::string*>();
  return make_failure(failure_code::protocol_error,
                      "The runtime answered with an error: " + (text == nullptr ? std::string{"no message"} : *text));
}

}  // namespace

std::variant<rpc_request, rpc_refusal> read_rpc_request(std::string_view line) {
  auto message = parse_json(line, request_bounds, failure_code::invalid_request);
  if (!message) return rpc_refusal{"null", rpc_code::parse_error, *message.error};
  if (message->is_array()) return refuse("null", "Batches are not supported: send each request as a line of its own.");
  if (!message->is_object()) return refuse("null", "A request is a JSON object.");
  rpc_request request;
  if (const auto id = message->find("id"); id != message->end()) {
    if (!is_good_id(*id)) {
      return refuse("null",
                    "id must be text of at most " + std::to_string(rpc_limits::id_bytes_max) +
                        " bytes, an integer of 64 bits, or null.",
                    "id");
    }
    request.id = dump_json(*id);
  }
  const auto shown_id = request.id.value_or("null");
  if (!is_version_2(*message)) return refuse(shown_id, "jsonrpc must be \"2.0\".", "jsonrpc");
  for (const auto& [key, value] : message->items()) {
    if (std::find(request_members.begin(), request_members.end(), key) == request_members.end()) {
      return refuse(shown_id, "\"" + scrubbed_label(key, limits::label_code_points) +
                                  "\" is no member of a request; there are jsonrpc, id, method and params.");
    }
  }
  const auto method = message->find("method");
  if (method == message->end() || !method->is_string()) return refuse(shown_id, "method must be text.", "method");
  request.method = method->get<std::string>();
  if (const auto params = message->find("params"); params != message->end()) {
    if (!params->is_object()) {
      auto refusal = refuse(shown_id, "params must be an object: parameters have names here.", "params");
      refusal.code = rpc_code::invalid_params;
      return refusal;
    }
    request.params = std::move(*params);
  }
  return request;
}

std::string rpc_result_line(std::string_view id, std::string_view result) {
  std::string line;
  line.reserve(id.size() + result.size() + 40);
  line.append(R"({"jsonrpc":"2.0","id":)").append(id).append(R"(,"result":)").append(result).append("}\n");
  return line;
}

std::string rpc_error_line(std::string_view id, int code, const failure& problem) {
  nlohmann::ordered_json error;
  error["code"] = code;
  error["message"] = problem.message;
  error["data"] = to_json(problem);
  std::string line;
  line.append(R"({"jsonrpc":"2.0","id":)").append(id).append(R"(,"error":)").append(dump_json(error)).append("}\n");
  return line;
}

std::string rpc_notification_line(std::string_view method, std::string_view params) {
  std::string line;
  line.append(R"({"jsonrpc":"2.0","method":")").append(method).append(R"(","params":)").append(params).append("}\n");
  return line;
}

std::string rpc_request_line(std::uint64_t id, std::string_view method, std::string_view params) {
  std::string line;
  line.reserve(method.size() + params.size() + 80);
  line.append(R"({"jsonrpc":"2.0","id":)").append(std::to_string(id)).append(R"(,"method":")").append(method);
  line.append(R"(","params":)").append(params).append("}\n");
  return line;
}

outcome<std::optional<rpc_reply>> read_rpc_reply(std::string_view line) {
  auto message = parse_json(line, reply_bounds, failure_code::protocol_error);
  if (!message) return *message.error;
  if (!message->is_object() || !is_version_2(*message)) {
    return make_failure(failure_code::protocol_error, "The runtime's answer is no JSON-RPC 2.0.");
  }
  if (message->contains("method")) return std::optional<rpc_reply>{};
  const auto error = message->find("error");
  const auto result = message->find("result");
  const auto id = message->find("id");
  if (id == message->end() || (error == message->end()) == (result == message->end())) {
    return make_failure(failure_code::protocol_error, "The runtime's answer needs an id and a result or an error.");
  }
  if (error != message->end() && !error->is_object()) {
    return make_failure(failure_code::protocol_error, "The error in the runtime's answer is no object.");
  }
  if (id->is_null() && error != message->end()) return failure_in(*error);
  if (!id->is_number_unsigned()) {
    return make_failure(failure_code::protocol_error, "The id in the runtime's answer was not asked with.");
  }
  rpc_reply reply;
  reply.id = id->get<std::uint64_t>();
  if (error != message->end()) {
    reply.result = failure_in(*error);
  } else {
    reply.result = outcome<nlohmann::json>{std::move(*result)};
  }
  return std::optional{std::move(reply)};
}

}  // namespace planguild
