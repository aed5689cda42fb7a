// Planner protocol 1 from a builtin planner's side. See the header.
#include "app/host/system/builtin_protocol.hpp"

#include <cmath>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

using nlohmann::ordered_json;

constexpr json_bounds line_bounds{limits::protocol_line_bytes_max, limits::protocol_depth_max};

// JSON-RPC 2.0's own error codes, and the one for a failure of the planner.
constexpr int unknown_method = -32601;
constexpr int planner_failure = -32000;

std::string text_at(const nlohmann::json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// What goes to the planner of a request: it may keep a copy and call it from elsewhere, so it shares its state.
std::function<void(double, std::string)> progress_function(std::function<void(std::string)> send) {
  auto count = std::make_shared<std::atomic<std::size_t>>(0);
  return [send = std::move(send), count](double fraction, const std::string& message) {
    // The host ends a planner that sends more; from a builtin the surplus is dropped here.
    if (count->fetch_add(1) >= limits::notifications_per_request_max) return;
    ordered_json params;
    if (std::isfinite(fraction)) params["fraction"] = fraction;
    params["message"] = text::cut_bytes(text::valid_utf8(message), limits::failure_message_bytes);
    send(dump_json(ordered_json{{"jsonrpc", "2.0"}, {"method", "progress"}, {"params", std::move(params)}}));
  };
}

}  // namespace

/// One request on its way to an answer.
struct builtin_protocol::call {  // NOLINT(bugprone-exception-escape): in nlohmann::json, when moved from
  nlohmann::json request;
  nlohmann::json params;
  std::string id;
  ordered_json result;
  ordered_json error;  // null: `result` counts
  bool exit = false;

  void fail(int code, const std::string& message) { error = {{"code", code}, {"message", text::valid_utf8(message)}}; }
};

builtin_protocol::builtin_protocol(const builtin_registration& registration, std::function<void(std::string)> send,
                                   std::function<cancel_flag(const std::string& id)> begin)
    : registration_(registration), send_(std::move(send)), begin_(std::move(begin)) {}

builtin_answer builtin_protocol::answer(const std::string& line) {
  call now;
  auto parsed = parse_json(line, line_bounds, failure_code::protocol_error);
  if (!parsed || !parsed->is_object()) return {};
  now.request = std::move(*parsed.value);
  now.id = text_at(now.request, "id");
  if (now.id.empty()) return {};  // a notification: `$/cancel` was taken by the sender's thread
  if (const auto found = now.request.find("params"); found != now.request.end()) now.params = std::move(*found);
  try {
    dispatch(now);
  } catch (const std::exception& problem) {
    now.fail(planner_failure, std::string("the planner threw: ") + problem.what());
  } catch (...) {
    now.fail(planner_failure, "the planner threw something that is no exception");
  }
  ordered_json reply{{"jsonrpc", "2.0"}, {"id", now.id}};
  if (now.error.is_null()) {
    reply["result"] = std::move(now.result);
  } else {
    reply["error"] = std::move(now.error);
  }
  return {dump_json(reply), now.exit};
}

void builtin_protocol::dispatch(call& now) {
  const std::string method = text_at(now.request, "method");
  now.result = ordered_json::object();
  if (method == "initialize") return initialize(now);
  if (method == "shutdown") {
    now.exit = true;
    return;
  }
  if (method != "self_test" && method != "generate_plan") return now.fail(unknown_method, "unknown method");
  if (!planner_) return now.fail(planner_failure, "the planner was not initialised");
  if (method == "self_test") return self_test(now);
  generate_plan(now);
}

void builtin_protocol::initialize(call& now) {
  if (!planner_) planner_ = registration_.make ? registration_.make() : nullptr;
  if (!planner_) return now.fail(planner_failure, "the planner's factory made nothing");
  const planner_manifest& manifest = registration_.manifest;
  now.result = {
      {"protocol", 1}, {"name", manifest.name}, {"version", manifest.version}, {"capabilities", manifest.capabilities}};
}

void builtin_protocol::self_test(call& now) {
  try {
    now.result["passed"] = planner_->self_test();
  } catch (const std::exception& problem) {
    now.result = {{"passed", false}, {"detail", text::valid_utf8(problem.what())}};
  }
}

void builtin_protocol::generate_plan(call& now) {
  builtin_request request;
  request.objective = text_at(now.params, "objective");
  request.repository = text_at(now.params, "repository");
  if (now.params.is_object()) {
    const auto context = now.params.find("context");
    if (context != now.params.end() && !context->is_null()) request.context = dump_json(*context);
    const auto timeout = now.params.find("timeout_ms");
    if (timeout != now.params.end() && timeout->is_number_integer()) {
      request.timeout_ms = timeout->get<std::int64_t>();
    }
  }
  const cancel_flag flag = begin_(now.id);
  request.cancelled = [flag] { return flag->load(); };
  request.progress = progress_function(send_);
  const outcome<plan> made = planner_->generate_plan(request);
  if (!made) {
    now.fail(planner_failure,
             made.error ? made.error->message : std::string("the planner gave neither plan nor failure"));
    if (made.error) now.error["data"] = to_json(*made.error);
    return;
  }
  now.result = to_json(*made);
  // The host works these out itself and refuses a planner that sends them.
  now.result.erase("order");
  now.result.erase("critical_path");
}

}  // namespace planguild
