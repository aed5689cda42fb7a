// Planner protocol 1: see the header. Plain class, no CAF.
#include "actors/instantiation/planner_protocol.hpp"

#include <array>
#include <cstdio>

#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {

namespace {

constexpr json_bounds context_bounds{limits::context_bytes_max, limits::context_depth_max};
constexpr json_bounds line_bounds{limits::protocol_line_bytes_max, limits::protocol_depth_max};

std::string_view method_name(protocol_method method) {
  constexpr std::array<std::string_view, 4> names{"initialize", "self_test", "generate_plan", "shutdown"};
  return names.at(static_cast<std::size_t>(method));
}

/// What an error answer to this request means for the planner.
failure_code error_code_of(protocol_method method) {
  switch (method) {
    case protocol_method::initialize:
      return failure_code::start_failed;
    case protocol_method::self_test:
      return failure_code::self_test_failed;
    default:
      return failure_code::planner_error;
  }
}

std::string error_text(const nlohmann::json& error) {
  if (error.is_object() && error.contains("message") && error["message"].is_string()) {
    return error["message"].get<std::string>();
  }
  return "the planner gave no message";
}

}  // namespace

planner_protocol::planner_protocol(random_source& random, std::string planner)
    : random_(random), planner_(std::move(planner)) {}

std::string planner_protocol::request(protocol_method method, nlohmann::ordered_json params) {
  std::array<char, 33> id{};
  (void)std::snprintf(id.data(), id.size(), "%016llx%016llx", static_cast<unsigned long long>(random_.next()),
                      static_cast<unsigned long long>(random_.next()));
  pending_ = method;
  pending_id_ = id.data();
  notifications_ = 0;
  nlohmann::ordered_json message;
  message["jsonrpc"] = "2.0";
  message["id"] = pending_id_;
  message["method"] = method_name(method);
  message["params"] = std::move(params);
  return dump_json(message);
}

std::string planner_protocol::initialize() {
  return request(protocol_method::initialize, {{"protocol", 1}});
}

std::string planner_protocol::self_test() {
  return request(protocol_method::self_test, nlohmann::ordered_json::object());
}

std::string planner_protocol::shutdown() {
  return request(protocol_method::shutdown, nlohmann::ordered_json::object());
}

std::string planner_protocol::generate_plan(std::string_view objective, std::string_view context,
                                            std::string_view repository, std::int64_t timeout_ms) {
  nlohmann::ordered_json params;
  params["objective"] = text::valid_utf8(objective);
  params["context"] = nullptr;
  if (!context.empty()) {
    auto parsed = parse_json(context, context_bounds, failure_code::invalid_request, "context");
    if (parsed && parsed->is_object()) params["context"] = *parsed;
  }
  params["repository"] = nullptr;
  if (!repository.empty()) {
    params["repository"] = text::valid_utf8(repository);
  }
  params["timeout_ms"] = timeout_ms;
  return request(protocol_method::generate_plan, std::move(params));
}

std::string planner_protocol::cancel() const {
  nlohmann::ordered_json message;
  message["jsonrpc"] = "2.0";
  message["method"] = "$/cancel";
  message["params"] = {{"id", pending_id_}};
  return dump_json(message);
}

protocol_reading planner_protocol::violation(std::string_view breach, std::string_view what) const {
  protocol_reading reading;
  reading.kind = protocol_reading::kind::violation;
  reading.problem = make_failure(failure_code::protocol_error, what, planner_);
  reading.breach = breach;
  return reading;
}

protocol_reading planner_protocol::read(std::string_view line) {
  auto parsed = parse_json(line, line_bounds, failure_code::protocol_error);
  if (!parsed) {
    return violation(text::trim(line).empty() ? "empty line" : "bad JSON",
                     "The planner sent a line that is no JSON-RPC message: " + parsed.error->message);
  }
  const auto& message = *parsed;
  if (!message.is_object() || !message.contains("jsonrpc") || message["jsonrpc"] != "2.0") {
    return violation("no JSON-RPC", "The planner sent a line that is no JSON-RPC 2.0 object.");
  }
  if (message.contains("id")) {
    return answer(message);
  }
  const bool known = message.contains("method") && (message["method"] == "progress" || message["method"] == "log");
  if (!known) {
    return violation("unknown notification", "The planner sent a notification other than \"progress\" and \"log\".");
  }
  if (++notifications_ > limits::notifications_per_request_max) {
    auto flood = violation("notifications", "");
    flood.ending = process_ending::over_limit;
    flood.problem = make_failure(failure_code::limit_exceeded,
                                 "The planner sent more than " + std::to_string(limits::notifications_per_request_max) +
                                     " notifications for one request.",
                                 planner_);
    return flood;
  }
  return {};
}

protocol_reading planner_protocol::answer(const nlohmann::json& message) {
  if (!pending_ || message["id"] != pending_id_) {
    const auto breach = !answered_id_.empty() && message["id"] == answered_id_ ? "repeated answer"
                        : pending_                                             ? "wrong id"
                                                                               : "unsolicited answer";
    return violation(breach, pending_ ? "The planner answered with an id that is not the request's."
                                      : "The planner answered although no request was waiting for an answer.");
  }
  const bool has_result = message.contains("result");
  if (has_result == message.contains("error")) {
    return violation("result and error",
                     "The planner's answer must have either \"result\" or \"error\", and not both.");
  }
  protocol_reading reading;
  reading.method = *pending_;
  pending_.reset();
  answered_id_ = pending_id_;
  if (has_result) {
    reading.kind = protocol_reading::kind::result;
    reading.result = message["result"];
  } else {
    reading.kind = protocol_reading::kind::error;
    reading.problem = make_failure(error_code_of(reading.method),
                                   "The planner answered \"" + std::string{method_name(reading.method)} +
                                       "\" with an error: " + error_text(message["error"]),
                                   planner_);
  }
  return reading;
}

namespace {

failure mismatch(const planner_manifest& manifest, std::string_view what, std::string_view stated,
                 std::string_view expected) {
  return make_failure(failure_code::handshake_mismatch,
                      "The planner states " + std::string{what} + " \"" + text::cut_code_points(scrub(stated), 200) +
                          "\", its manifest says \"" + std::string{expected} + "\"; make them agree.",
                      manifest.name);
}

}  // namespace

std::optional<failure> check_handshake(const nlohmann::json& result, const planner_manifest& manifest) {
  const bool well_formed = result.is_object() && result.contains("protocol") && result.contains("name") &&
                           result["name"].is_string() && result.contains("version") && result["version"].is_string() &&
                           result.contains("capabilities") && result["capabilities"].is_array();
  if (!well_formed) {
    return make_failure(failure_code::protocol_error,
                        "The answer to \"initialize\" must be an object with protocol, name, version and capabilities.",
                        manifest.name);
  }
  if (result["protocol"] != 1) {
    return mismatch(manifest, "protocol", dump_json(result["protocol"]), "1");
  }
  const auto name = text::normalised(result["name"].get<std::string>());
  if (name != manifest.name) {
    return mismatch(manifest, "the name", name, manifest.name);
  }
  const auto stated_version = result["version"].get<std::string>();
  if (stated_version != manifest.version) {
    return mismatch(manifest, "version", stated_version, manifest.version);
  }
  std::vector<std::string> capabilities;
  for (const auto& entry : result["capabilities"]) {
    if (entry.is_string() && capabilities.size() <= limits::capabilities_per_planner_max) {
      capabilities.push_back(entry.get<std::string>());
    }
  }
  capabilities = text::capability_set(capabilities);
  if (capabilities != manifest.capabilities) {
    return mismatch(manifest, "the capabilities", text::join(capabilities, ","),
                    text::join(manifest.capabilities, ","));
  }
  return std::nullopt;
}

}  // namespace planguild
