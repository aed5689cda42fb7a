// Requests that wait for discovery or admissions, each within its own timeout. Part of registry_actor.
#include <algorithm>
#include <string_view>
#include <utility>

#include "actors/registry/registry_actor.hpp"
#include "messages/limits.hpp"

namespace planguild {

/// The number under which `request` waits now; 0 if it went on or gave up at once.
std::uint64_t registry_state::wait(waiting_request request, std::int64_t timeout_ms) {
  if (stopping_) {
    request.give_up(stopping());
    return 0;
  }
  if (scans_begun_ == 0 && request.what != awaited::heal) {
    begin_scan(false);
  }
  if (is_ready(request)) {
    request.proceed();
    return 0;
  }
  if (timeout_ms <= 0) {
    request.give_up(make_failure(failure_code::deadline_exceeded, "The request's timeout was 0 ms or less."));
    return 0;
  }
  if (!waiting_.has_room()) {
    request.give_up(make_failure(failure_code::overloaded, "Too many requests wait for discovery."));
    return 0;
  }
  const auto number = waiting_.add(std::move(request));
  compat::delay(self_, self_->handle(), std::min(timeout_ms, limits::timeout_ms_max), registry_timer{number});
  return number;
}

std::int64_t registry_state::deadline_of(std::int64_t timeout_ms) const {
  return outside_.clock->monotonic_ms() + std::clamp<std::int64_t>(timeout_ms, 0, limits::timeout_ms_max);
}

bool registry_state::is_ready(const waiting_request& request) const {
  if (request.what == awaited::heal) {
    return heals_done_ >= request.heal_number;
  }
  if (scans_merged_ < request.scan_number) {
    return false;
  }
  switch (request.what) {
    case awaited::scan:
      return true;
    case awaited::first_admissions:
      return recalled_ && admissions_.first_settled();
    case awaited::all_admissions:
      return recalled_ && admissions_.empty();
    case awaited::planner:
      return recalled_ && !admissions_.contains(request.planner);
    case awaited::heal:
    case awaited::reply:
      break;
  }
  return false;
}

void registry_state::wake() {
  for (auto& request : waiting_.take_ready([this](const waiting_request& entry) { return is_ready(entry); })) {
    request.proceed();
  }
}

ack registry_state::on_timer(const registry_timer& timer) {
  if (auto late = waiting_.take(timer.number)) {
    std::string_view message = "Discovery and admissions did not finish within the request's timeout.";
    if (late->what == awaited::heal) {
      message = "The heal did not finish within the request's timeout.";
    } else if (late->what == awaited::reply) {
      message = "The planner was not looked at within the request's timeout.";
    }
    late->give_up(make_failure(failure_code::deadline_exceeded, message, late->planner));
    return {};
  }
  if (timer.number == publish_timer_) {
    publish_timer_ = 0;
    publish_snapshot();
  } else if (timer.number == flush_timer_) {
    flush_timer_ = 0;
    flush_samples();
  }
  on_roots_timer(timer.number);
  on_heal_timer(timer.number);
  return {};
}

template <class Reply>
void registry_state::answer_when(awaited what, std::int64_t timeout_ms, const owed<outcome<Reply>>& reply,
                                 std::function<outcome<Reply>()> answer) {
  waiting_request request;
  request.what = what;
  request.proceed = [reply, answer = std::move(answer)] { reply->deliver(answer()); };
  request.give_up = [reply](const failure& reason) { reply->deliver(reason); };
  wait(std::move(request), timeout_ms);
}

template void registry_state::answer_when(awaited, std::int64_t, const owed<outcome<batch_selection>>&,
                                          std::function<outcome<batch_selection>()>);
template void registry_state::answer_when(awaited, std::int64_t, const owed<outcome<planner_list>>&,
                                          std::function<outcome<planner_list>()>);
template void registry_state::answer_when(awaited, std::int64_t, const owed<outcome<planner_record>>&,
                                          std::function<outcome<planner_record>()>);
template void registry_state::answer_when(awaited, std::int64_t, const owed<outcome<health_report>>&,
                                          std::function<outcome<health_report>()>);
template void registry_state::answer_when(awaited, std::int64_t, const owed<outcome<crash_report>>&,
                                          std::function<outcome<crash_report>()>);

}  // namespace planguild
