// What one client has asked and is yet to be told: see the header.
#include "app/rpc/rpc_conversation.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "app/host/runtime.hpp"
#include "app/rpc/rpc_limits.hpp"
#include "app/rpc/rpc_operations.hpp"
#include "app/rpc/shortened_places.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

/// The failure if `params` has a member other than `known` (empty: any member).
std::optional<failure> unknown_member(const nlohmann::json& params, std::string_view known) {
  for (const auto& [key, value] : params.items()) {
    if (key != known) {
      const auto where = "params." + scrubbed_label(key, limits::label_code_points);
      return make_failure(failure_code::invalid_request,
                          where + " is not a known key; " +
                              (known.empty() ? std::string{"no key is"} : std::string{known} + " is") + " known here",
                          {}, where);
    }
  }
  return std::nullopt;
}

/// The filter that accepts the kinds in `params`; all of them but snapshots where none are given.
outcome<event_filter> filter_of(const nlohmann::json& params) {
  if (auto problem = unknown_member(params, "kinds")) return *problem;
  const auto kinds = params.find("kinds");
  if (kinds == params.end()) return event_filter{};
  event_filter filter{false, false, false, false};
  const auto refused =
      make_failure(failure_code::invalid_request,
                   "params.kinds must be a list of alert, instance_state, admission, snapshot", {}, "params.kinds");
  if (!kinds->is_array()) return refused;
  for (const auto& kind : *kinds) {
    if (kind == "alert") {
      filter.alerts = true;
    } else if (kind == "instance_state") {
      filter.instance_states = true;
    } else if (kind == "admission") {
      filter.admissions = true;
    } else if (kind == "snapshot") {
      filter.snapshots = true;
    } else {
      return refused;
    }
  }
  return filter;
}

}  // namespace

void rpc_conversation::take(std::optional<std::string_view> line) {
  if (abandoned_) return;
  if (!line) {
    refuse("null", rpc_code::parse_error,
           make_failure(failure_code::limit_exceeded, "The line is longer than " +
                                                          std::to_string(rpc_limits::line_bytes_max) +
                                                          " bytes; it was skipped up to its end."));
    return;
  }
  if (text::trim(*line).empty()) return;
  auto read = read_rpc_request(*line);
  if (const auto* refusal = std::get_if<rpc_refusal>(&read)) {
    refuse(refusal->id, refusal->code, refusal->problem);
    return;
  }
  perform(std::move(std::get<rpc_request>(read)), line->size());
}

void rpc_conversation::perform(rpc_request request, std::size_t bytes) {
  if (answer_at_once(request)) return;
  if (waiting_.empty() && running_.size() < rpc_limits::in_flight_per_client_max) {
    run(request, bytes);
    return;
  }
  waiting_bytes_ += bytes;
  waiting_.push_back({std::move(request), bytes});
}

void rpc_conversation::run(const rpc_request& request, std::size_t bytes) {
  const auto number = next_number_++;
  const auto started = start_operation(around_.queue, request.method, request.params, paths_shown_,
                                       [weak = weak_from_this(), number](const outcome<std::string>& reply) {
                                         if (const auto self = weak.lock()) self->ended(number, reply);
                                       });
  if (!started) {
    refuse(request.id, rpc_code::unknown_method,
           make_failure(failure_code::invalid_request, "There is no method \"" +
                                                           scrubbed_label(request.method, limits::label_code_points) +
                                                           "\"; there are " + operation_names() +
                                                           ", cancel, show_paths, subscribe, unsubscribe, version."));
  } else if (!started->ticket) {
    refuse(request.id, started->params_refused ? rpc_code::invalid_params : rpc_code::failed, *started->ticket.error);
  } else {
    running_.emplace(number, running_operation{request.id, *started->ticket, bytes});
    running_bytes_ += bytes;
  }
}

void rpc_conversation::ended(std::uint64_t number, const outcome<std::string>& reply) {
  const auto found = running_.find(number);
  if (found == running_.end()) return;  // it was ended or abandoned meanwhile
  const auto operation = std::move(found->second);
  running_.erase(found);
  running_bytes_ -= operation.bytes;
  if (reply) {
    answer(operation.id, *reply);
  } else {
    refuse(operation.id, rpc_code::failed, *reply.error);
  }
  start_waiting();
}

void rpc_conversation::start_waiting() {
  while (!waiting_.empty() && running_.size() < rpc_limits::in_flight_per_client_max) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= next.bytes;
    run(next.request, next.bytes);
  }
}

bool rpc_conversation::is_full() const noexcept {
  return waiting_.size() >= rpc_limits::waiting_per_client_max ||
         waiting_bytes_ >= rpc_limits::waiting_bytes_per_client_max;
}

bool rpc_conversation::answer_at_once(const rpc_request& request) {
  if (request.method == "cancel") {
    cancel(request);
  } else if (request.method == "subscribe") {
    subscribe(request);
  } else if (request.method == "unsubscribe" || request.method == "version" || request.method == "show_paths") {
    if (const auto problem = unknown_member(request.params, {})) {
      refuse(request.id, rpc_code::invalid_params, *problem);
    } else if (request.method == "version") {
      answer(request.id, dump_json(nlohmann::json{{"version", version()}}));
    } else if (request.method == "show_paths") {
      paths_shown_ = true;
      answer(request.id, R"({"paths_shown":true})");
    } else {
      answer(request.id, filter_ ? R"({"subscribed":true})" : R"({"subscribed":false})");
      filter_.reset();
    }
  } else {
    return false;
  }
  return true;
}

void rpc_conversation::cancel(const rpc_request& request) {
  const auto id = request.params.find("id");
  auto problem = unknown_member(request.params, "id");
  if (!problem && id == request.params.end()) {
    problem = make_failure(failure_code::invalid_request, "params.id is needed: the id of the request to cancel", {},
                           "params.id");
  }
  if (problem) {
    refuse(request.id, rpc_code::invalid_params, *problem);
    return;
  }
  const auto wanted = dump_json(*id);
  bool cancelled = false;
  for (const auto& [number, operation] : running_) {
    cancelled = (operation.id == wanted && around_.queue.cancel(operation.ticket)) || cancelled;
  }
  // Taken out first: telling may end with the client being dropped.
  const auto first = std::stable_partition(waiting_.begin(), waiting_.end(),
                                           [&](const waiting_request& each) { return each.request.id != wanted; });
  const std::vector<waiting_request> given_up{std::make_move_iterator(first), std::make_move_iterator(waiting_.end())};
  waiting_.erase(first, waiting_.end());
  const auto reason = make_failure(failure_code::cancelled, "The request was cancelled.");
  for (const auto& each : given_up) waiting_bytes_ -= each.bytes;
  cancelled = cancelled || !given_up.empty();
  for (const auto& each : given_up) {
    refuse(each.request.id, rpc_code::failed, reason);
  }
  answer(request.id, cancelled ? R"({"cancelled":true})" : R"({"cancelled":false})");
}

void rpc_conversation::subscribe(const rpc_request& request) {
  const auto filter = filter_of(request.params);
  if (!filter) {
    refuse(request.id, rpc_code::invalid_params, *filter.error);
    return;
  }
  if (const auto accepted = around_.want_events(); !accepted) {
    refuse(request.id, rpc_code::failed, *accepted.error);
    return;
  }
  filter_ = *filter;
  answer(request.id, R"({"subscribed":true})");
}

void rpc_conversation::tell(const runtime_event& event, std::uint64_t dropped) {
  if (abandoned_ || !filter_ || !filter_->accepts(event.kind)) return;
  if (dropped > 0) {
    around_.send(rpc_notification_line("events_dropped", dump_json(nlohmann::json{{"count", dropped}})));
  }
  around_.send(rpc_notification_line("event", dump_json(to_json(event))));
}

void rpc_conversation::end_all(const failure& reason) {
  const auto running = std::exchange(running_, {});
  const auto waiting = std::exchange(waiting_, {});
  running_bytes_ = waiting_bytes_ = 0;
  for (const auto& [number, operation] : running) {
    (void)around_.queue.cancel(operation.ticket);
    refuse(operation.id, rpc_code::failed, reason);
  }
  for (const auto& each : waiting) refuse(each.request.id, rpc_code::failed, reason);
}

void rpc_conversation::abandon() {
  abandoned_ = true;
  filter_.reset();
  waiting_.clear();
  for (const auto& [number, operation] : std::exchange(running_, {})) (void)around_.queue.cancel(operation.ticket);
  running_bytes_ = waiting_bytes_ = 0;
}

void rpc_conversation::answer(const std::optional<std::string>& id, std::string_view result) {
  if (id && !abandoned_) around_.send(rpc_result_line(*id, result));
}

void rpc_conversation::refuse(const std::optional<std::string>& id, int code, const failure& problem) {
  if (id && !abandoned_) around_.send(rpc_error_line(*id, code, paths_shown_ ? problem : with_short_place(problem)));
}

}  // namespace planguild
