// JSON-RPC 2.0, one message a line: requests as values, answers as text. Strict where a typing error would otherwise go
// unnoticed. Pure functions, any thread; nothing throws.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "messages/failure.hpp"

namespace planguild {

/// The error codes of JSON-RPC, and the one of planguild's own failures.
namespace rpc_code {
inline constexpr int parse_error = -32'700;      // no JSON, or a line over the bound
inline constexpr int invalid_request = -32'600;  // JSON, but no request
inline constexpr int unknown_method = -32'601;
inline constexpr int invalid_params = -32'602;
inline constexpr int failed = -32'000;  // the operation's failure is in `data`
}  // namespace rpc_code

struct rpc_request {
  std::optional<std::string> id;  // JSON text, to be echoed as it is; none: a notification, which gets no answer
  std::string method;
  nlohmann::json params = nlohmann::json::object();
};

/// What is answered to a line that is no request.
struct rpc_refusal {
  std::string id = "null";  // JSON text
  int code = rpc_code::invalid_request;
  failure problem;
};

/// Reads one line. Refuses batches, unknown members, positional parameters, ids that are neither text of at most
/// rpc_limits::id_bytes_max, a 64-bit integer nor null, and whatever parse_json refuses.
std::variant<rpc_request, rpc_refusal> read_rpc_request(std::string_view line);

// Lines, with their ends. `id` and `result`, `params` are JSON texts.
std::string rpc_result_line(std::string_view id, std::string_view result);
std::string rpc_error_line(std::string_view id, int code, const failure& problem);
std::string rpc_notification_line(std::string_view method, std::string_view params);
std::string rpc_request_line(std::uint64_t id, std::string_view method, std::string_view params);

/// An answer as a client gets it.
struct rpc_reply {
  std::uint64_t id = 0;
  outcome<nlohmann::json> result;
};

/// Reads an answer to a request of rpc_request_line. Empty: a notification. Fails with `protocol_error`: no JSON-RPC
/// 2.0, or an id that is not ours; an error that belongs to no request (`id` null) fails with what the error says.
outcome<std::optional<rpc_reply>> read_rpc_reply(std::string_view line);

}  // namespace planguild
