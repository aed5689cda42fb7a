// Selections: answered at once where nothing has to be waited for, on the snapshot that readers get as well. And what
// goes with them: snapshots to subscribers, samples to the profiler. Part of registry_actor.
#include <algorithm>
#include <utility>

#include "actors/registry/registry_actor.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {

// -- select
// -------------------------------------------------------------------------------------------------------------

bool registry_state::is_selectable() const {
  return !stopping_ && recalled_ && scans_merged_ > 0 && admissions_.first_settled() &&
         !configuration_.self_heal_on_empty;
}

caf::result<outcome<selection>> registry_state::select(const select_request& request) {
  if (is_selectable()) {
    return select_now(request);
  }
  const auto reply = std::make_shared<compat::promise<outcome<selection>>>(self_);
  when_selectable(
      request.timeout_ms, [reply](const failure& reason) { reply->deliver(reason); },
      [this, request, reply] { reply->deliver(select_now(request)); });
  return caf::delegated<outcome<selection>>{};
}

caf::result<outcome<many_selections>> registry_state::select_many(const struct select_many& request) {
  if (request.requests.size() > limits::selections_per_message_max) {
    return outcome<many_selections>{
        make_failure(failure_code::limit_exceeded, std::to_string(request.requests.size()) +
                                                       " requests in one message; selections_per_message_max is " +
                                                       std::to_string(limits::selections_per_message_max))};
  }
  if (is_selectable()) {
    return outcome<many_selections>{select_many_now(request.requests)};
  }
  const auto reply = std::make_shared<compat::promise<outcome<many_selections>>>(self_);
  when_selectable(
      request.timeout_ms, [reply](const failure& reason) { reply->deliver(reason); },
      [this, requests = request.requests, reply] { reply->deliver(select_many_now(requests)); });
  return caf::delegated<outcome<many_selections>>{};
}

/// Proceeds once the first admissions are over; where nothing is active then and the configuration says so, heals
/// first. All within one deadline.
void registry_state::when_selectable(std::int64_t timeout_ms, const std::function<void(const failure&)>& give_up,
                                     const std::function<void()>& proceed) {
  const auto deadline_ms = deadline_of(timeout_ms);
  waiting_request judged;
  judged.what = awaited::first_admissions;
  judged.give_up = give_up;
  judged.proceed = [this, deadline_ms, give_up, proceed] {
    if (!configuration_.self_heal_on_empty || table_.counts().active > 0) {
      proceed();
      return;
    }
    const auto step = heal_.begin({}, 0, configuration_.self_heal_blocking, outside_.clock->monotonic_ms());
    if (step && step->kind == self_heal::step_kind::done) {  // within the cooldown
      proceed();
      return;
    }
    waiting_request healed;
    healed.what = awaited::heal;
    healed.heal_number = heals_done_ + 1;
    healed.give_up = give_up;
    healed.proceed = proceed;
    wait(std::move(healed), deadline_ms - outside_.clock->monotonic_ms());
    if (step) {
      take_heal_step(*step);
    }
  };
  wait(std::move(judged), timeout_ms);
}

outcome<selection> registry_state::select_now(const select_request& request) {
  const auto began_ns = outside_.clock->monotonic_ns();
  const auto& ranked = current(began_ns / 1'000'000);
  auto* kept = request.explain ? nullptr : kept_.find(request);
  std::unique_ptr<kept_selection> explained;
  if (kept == nullptr || kept->answer.snapshot_version != ranked.view->version) {
    auto answer = planguild::select(ranked.table, request);
    if (!answer) {
      if (outside_.decisions) {
        outside_.decisions->decided(ranked.view, request, answer);
      }
      return answer;
    }
    auto made = make_kept(request, std::move(*answer.value));
    if (request.explain) {
      explained = std::move(made);
      kept = explained.get();
    } else {
      kept = &kept_.keep(request, std::move(made));
    }
  }
  outcome<selection> answer{kept->answer};
  if (outside_.decisions) {
    outside_.decisions->decided(ranked.view, request, answer);
  }
  ++selections_;
  table_.note_selections(answer->best, 1);
  if (configuration_.tie_break == tie_break::least_recent) {
    touch_snapshot();
  }
  if (configuration_.profile_selection) {
    unsent_selections_.add(kept->pattern, kept->place, began_ns, *outside_.clock);
    send_samples_soon(unsent_selections_.last_ms());  // read just now
  }
  return answer;
}

many_selections registry_state::select_many_now(const std::vector<select_request>& requests) {
  many_selections result;
  result.answers.reserve(requests.size());
  for (const auto& request : requests) {
    result.answers.push_back(select_now(request));
  }
  return result;
}

// -- snapshots
// ----------------------------------------------------------------------------------------------------------

const snapshot_ptr& registry_state::view(std::int64_t now_ms) {
  const bool is_old = !view_ || now_ms - view_->made_at_ms >= limits::snapshot_max_age_ms;
  if (!is_old && !snapshot_stale_) {
    return view_;
  }
  auto made = table_.make_snapshot(now_s(), snapshot_version_ + 1);
  made.admissions_pending = !recalled_ || scans_merged_ == 0 || !admissions_.first_settled();
  snapshot_stale_ = false;
  if (!is_old && made.config == view_->config && made.profile_selections == view_->profile_selections &&
      made.admissions_pending == view_->admissions_pending && made.rows.shares_all_with(view_->rows)) {
    return view_;  // what has changed is nothing that ranking sees
  }
  ++snapshot_version_;
  return view_ = std::make_shared<const snapshot>(std::move(made));
}

const ranked_snapshot& registry_state::current(std::int64_t now_ms) {
  const auto& newest = view(now_ms);
  if (!ranked_ || ranked_->view != newest) {
    // Sorting a large catalogue is the readers' work: it would hold up every message.
    const auto order = newest->rows.size() <= limits::snapshot_rows_sorted_at_once ? ranking_table::order::by_rank
                                                                                   : ranking_table::order::as_is;
    ranked_.emplace(newest, order);
  }
  return *ranked_;
}

/// What ranking sees has changed, or may have: subscribers hear of it within limits::snapshot_interval_ms.
void registry_state::touch_snapshot() {
  snapshot_stale_ = true;
  const bool is_watched =
      !snapshot_sinks_.empty() || std::any_of(subscriptions_.begin(), subscriptions_.end(),
                                              [](const auto& each) { return each.second.filter.snapshots; });
  if (!is_watched || publish_timer_ != 0 || stopping_) {
    return;
  }
  publish_timer_ = waiting_.next_number();
  const auto since_ms = outside_.clock->monotonic_ms() - published_ms_;
  compat::delay(self_, self_->handle(), std::max<std::int64_t>(limits::snapshot_interval_ms - since_ms, 0),
                registry_timer{publish_timer_});
}

void registry_state::publish_snapshot() {
  const auto newest = view(outside_.clock->monotonic_ms());
  if (stopping_ || newest->version == published_version_) {
    return;
  }
  published_version_ = newest->version;
  published_ms_ = outside_.clock->monotonic_ms();
  for (const auto& [address, sink] : snapshot_sinks_) {
    compat::tell(sink, snapshot_published{newest});
  }
  runtime_event event;
  event.kind = event_kind::snapshot;
  event.snapshot_version = newest->version;
  publish(std::move(event));
}

snapshot_published registry_state::subscribe_snapshots(const struct subscribe_snapshots& request) {
  if (stopping_ || !request.subscriber || snapshot_sinks_.size() >= limits::subscribers_max) {
    return {};
  }
  if (scans_begun_ == 0) {
    begin_scan(false);
  }
  const auto address = request.subscriber.address();
  if (snapshot_sinks_.emplace(address, request.subscriber).second) {
    self_->watch(request.subscriber, [this, address](const caf::error&) { snapshot_sinks_.erase(address); });
  }
  const auto newest = view(outside_.clock->monotonic_ms());
  if (snapshot_sinks_.size() == 1) {
    published_version_ = newest->version;  // everybody has it
  }
  return {newest};
}

ack registry_state::refresh(const refresh_snapshot&) {
  if (!stopping_ && view_ && outside_.clock->monotonic_ms() - view_->made_at_ms >= limits::snapshot_max_age_ms / 2) {
    view_.reset();
  }
  publish_snapshot();
  return {};
}

// -- samples
// ------------------------------------------------------------------------------------------------------------

std::unique_ptr<registry_state::kept_selection> registry_state::make_kept(const select_request& request,
                                                                          selection answer) const {
  const request_key key{request};
  auto pattern = std::make_shared<const selection_sample>(pattern_of(answer, key, view_->config));
  return std::make_unique<kept_selection>(kept_selection{key, std::move(answer), std::move(pattern), {}});
}

void registry_state::record_samples(samples batch) {
  const auto append = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  append(unsent_.instantiations, batch.instantiations);
  append(unsent_.invocations, batch.invocations);
  send_samples_soon(outside_.clock->monotonic_ms());
}

/// At once after a quiet moment, else in batches: waking the profiler for every selection costs more than selecting.
/// Who asks for samples through the registry gets those too that are still here.
void registry_state::send_samples_soon(std::int64_t now_ms) {
  const auto early_ms = flush_next_ms_ - now_ms;
  if (early_ms <= 0 || unsent_selections_.is_full()) {
    flush_samples();
  } else if (flush_timer_ == 0) {
    flush_timer_ = waiting_.next_number();
    compat::delay(self_, self_->handle(), early_ms, registry_timer{flush_timer_});
  }
}

void registry_state::flush_samples() {
  flush_next_ms_ = outside_.clock->monotonic_ms() + limits::samples_interval_ms;
  if (!unsent_selections_.is_empty()) {
    compat::tell(peers_.profiler, unsent_selections_.take());
  }
  if (!unsent_.instantiations.empty() || !unsent_.invocations.empty()) {
    compat::tell(peers_.profiler, std::exchange(unsent_, {}));
  }
}

/// Selectors tell what they have chosen; it counts as if it had been asked here.
ack registry_state::on_selected(const selection_batch& batch) {
  selections_ += batch.points.size() + batch.dropped;
  std::vector<std::uint64_t> times(batch.patterns.size());
  for (const auto& point : batch.points) {
    if (point.pattern < times.size()) {
      ++times[point.pattern];
    }
  }
  for (std::size_t index = 0; index < times.size(); ++index) {
    table_.note_selections(batch.patterns[index].best, times[index]);
  }
  for (const auto& [best, count] : batch.counts) {
    selections_ += count;
    table_.note_selections(best, count);
  }
  if (configuration_.tie_break == tie_break::least_recent && !(batch.points.empty() && batch.counts.empty())) {
    touch_snapshot();
  }
  if (configuration_.profile_selection && (!batch.points.empty() || batch.dropped > 0)) {
    compat::tell(peers_.profiler, batch);
  }
  return {};
}

}  // namespace planguild
