// The operations by name: see the header. The one file that instantiates the queue and JSON for all of them.
#include "app/rpc/rpc_operations.hpp"

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/rpc/operation_wait.hpp"
#include "app/rpc/shortened_places.hpp"
#include "messages/context.hpp"
#include "messages/json.hpp"

namespace planguild {
namespace {

/// What a request needs before it crosses into the runtime; a failure if it must not.
template <class Request>
std::optional<failure> prepare_request(Request&) {
  return std::nullopt;
}
std::optional<failure> prepare_request(plan_request& request) {
  if (request.context.empty()) return std::nullopt;
  if (request.context.size() > limits::context_bytes_max) {
    return make_failure(failure_code::limit_exceeded,
                        "context has " + std::to_string(request.context.size()) + " bytes; at most " +
                            std::to_string(limits::context_bytes_max) + " are accepted.",
                        {}, "params.context");
  }
  const auto facts = context_facts_of(request.context);
  if (!facts) return make_failure(facts.error->code, "context: " + facts.error->message, {}, "params.context");
  request.request.context = *facts;
  return std::nullopt;
}

template <class Request>
started_operation start(completion_queue& queue, const nlohmann::json& params, bool paths_shown,
                        operation_callback done) {
  auto request = from_json<Request>(params, "params");
  if (!request) return {*request.error, true};
  if (auto problem = prepare_request(*request)) return {std::move(*problem), true};
  const std::chrono::milliseconds timeout{wait_ms_of(*request, rpc_limits::reply_margin_ms)};
  return {queue.submit<Request>(std::move(*request), timeout,
                                [done = std::move(done), paths_shown](const outcome<reply_of<Request>>& reply) {
                                  if (!reply) return done(*reply.error);
                                  auto json = to_json(*reply);
                                  if (!paths_shown) shorten_places(json);
                                  done(dump_json(json));
                                }),
          false};
}

struct operation_entry {
  std::string_view method;
  started_operation (*start)(completion_queue& queue, const nlohmann::json& params, bool paths_shown,
                             operation_callback done);
};

#define PLANGUILD_ENTRY(method, request, reply) operation_entry{#method, &start<request>},
constexpr std::array operations = {PLANGUILD_OPERATIONS(PLANGUILD_ENTRY)};
#undef PLANGUILD_ENTRY

}  // namespace

std::optional<started_operation> start_operation(completion_queue& queue, std::string_view method,
                                                 const nlohmann::json& params, bool paths_shown,
                                                 operation_callback done) {
  for (const auto& each : operations) {
    if (each.method == method) return each.start(queue, params, paths_shown, std::move(done));
  }
  return std::nullopt;
}

std::string operation_names() {
  std::string names;
  for (const auto& each : operations) names += (names.empty() ? "" : ", ") + std::string{each.method};
  return names;
}

}  // namespace planguild
