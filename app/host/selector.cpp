// See the header. One thread at a time; what it shares with others is in snapshot_port.
#include "app/host/selector.hpp"

#include <algorithm>
#include <utility>

#include "actors/registry/explanation.hpp"
#include "actors/registry/kept_answers.hpp"
#include "actors/registry/selection_recorder.hpp"
#include "actors/registry/selection_tally.hpp"

namespace planguild {
namespace {

failure stopped() {
  return make_failure(failure_code::stopping, "The runtime is stopping or has stopped.");
}

failure nobody(const snapshot& view) {
  return view.admissions_pending
             ? make_failure(failure_code::deadline_exceeded,
                            "No planner yet: the first admissions are pending, and a selector does not wait.")
             : nobody_to_select(view);
}

}  // namespace

/// One request and its winner on the snapshot that it was ranked on last.
struct selector::statement {
  statement(const select_request& of, ranking_request checked) : key(of), request(std::move(checked)) {}

  request_key key;
  ranking_request request;

  std::uint64_t version = 0;  // of the snapshot that the rest is about; 0: none yet
  outcome<choice> answer;
  const snapshot_row* winner = nullptr;
  std::shared_ptr<const selection_sample> pattern;  // what its samples have in common; made with the first one
  selection_recorder::place place;
  selection_tally::place counted;
};

struct selector::state {
  state(std::shared_ptr<snapshot_port> from, snapshot_port_actor to, std::shared_ptr<clock_source> with)
      : port(std::move(from)), actor(std::move(to)), clock(std::move(with)) {}

  outcome<choice> select(statement& asked);
  bool look(std::int64_t now_ns);
  void take_snapshot();
  void ask_for_fresh(std::int64_t now_ms);
  void rank(statement& asked) const;
  void make_pattern(statement& asked) const;
  void record(statement& asked, std::int64_t began_ns);
  void count(statement& asked, std::int64_t now_ns);
  void send();
  void tell_dropped();

  std::shared_ptr<snapshot_port> port;
  snapshot_port_actor actor;
  std::shared_ptr<clock_source> clock;

  std::uint64_t version = 0;  // the port's, when `ranked` was taken
  snapshot_port::ranked ranked;
  std::uint64_t ranked_version = 0;
  std::int64_t fresh_until_ns = 0;  // then a fresh one is asked for
  bool is_profiling = false;
  kept_answers<statement> statements;

  selection_recorder samples{limits::samples_per_message_max};
  selection_tally counts;     // where no samples are taken
  std::uint64_t dropped = 0;  // since the last batch that was sent
  std::uint64_t dropped_before = 0;
};

/// What every question begins with: the newest snapshot, and the request for a fresh one where that is old. False: the
/// runtime has stopped.
bool selector::state::look(std::int64_t now_ns) {
  take_snapshot();
  if (!ranked) {
    return false;
  }
  if (now_ns >= fresh_until_ns) {
    ask_for_fresh(now_ns / 1'000'000);
  }
  return true;
}

void selector::state::take_snapshot() {
  const auto newest = port->version();
  if (newest == version) {
    return;
  }
  version = newest;
  ranked = newest == snapshot_port::closed ? nullptr : port->latest();
  if (ranked) {  // perhaps a newer one than the version said; the next call sees to it
    ranked_version = ranked->view->version;
    is_profiling = ranked->view->profile_selections;
    fresh_until_ns = (ranked->view->made_at_ms + limits::snapshot_max_age_ms / 2) * 1'000'000;
  }
}

/// Once for each snapshot and runtime; goes on with what there is.
void selector::state::ask_for_fresh(std::int64_t now_ms) {
  fresh_until_ns = (now_ms + limits::snapshot_max_age_ms / 2) * 1'000'000;  // should the answer get lost
  if (port->must_ask_for_fresh(ranked_version)) {
    compat::tell(actor, refresh_snapshot{});
  }
}

void selector::state::rank(statement& asked) const {
  const auto& table = ranked->table;
  const auto& view = *ranked->view;
  asked.version = view.version;
  asked.pattern.reset();
  asked.place = {};
  asked.counted = {};
  asked.winner = nullptr;
  if (table.candidates() == 0) {
    asked.answer = nobody(view);
    return;
  }
  const auto best = table.best(table.compile(asked.request));
  asked.winner = &view.rows[best.row];
  asked.answer = choice{asked.winner->name, best.total, table.candidates(), view.version};
}

void selector::state::make_pattern(statement& asked) const {
  const auto& config = ranked->view->config;
  selection answer;
  answer.best = asked.winner->name;
  answer.score = asked.answer->score;
  answer.candidates_considered = asked.answer->candidates_considered;
  answer.breakdown = {score(*asked.winner, config, asked.request)};
  asked.pattern = std::make_shared<const selection_sample>(pattern_of(answer, asked.key, config));
}

void selector::state::record(statement& asked, std::int64_t began_ns) {
  if (!asked.pattern) {
    make_pattern(asked);
  }
  samples.add(asked.pattern, asked.place, began_ns, *clock);
  if (samples.is_full() || samples.age_ms() >= limits::sample_batch_age_ms_max) {
    send();
  }
}

void selector::state::count(statement& asked, std::int64_t now_ns) {
  counts.add(asked.winner->name, asked.counted, now_ns);
  if (counts.is_due(now_ns)) {
    send();
  }
}

/// A configuration that changes between two batches leaves both samples and counts.
void selector::state::send() {
  if (samples.is_empty() && counts.is_empty()) {
    return;
  }
  if (!port->may_send_batch()) {
    dropped += samples.discard();
    for (const auto& [best, times] : counts.take()) {
      dropped += times;
    }
    return;
  }
  auto news = samples.take(dropped);
  news.counts = counts.take();
  dropped_before += std::exchange(dropped, 0);
  compat::tell(actor, std::move(news));
}

/// No selection may follow with whose batch this would be told.
void selector::state::tell_dropped() {
  if (dropped == 0) {
    return;
  }
  selection_batch news;
  news.dropped = dropped;
  dropped_before += std::exchange(dropped, 0);
  compat::tell(actor, std::move(news));
}

outcome<choice> selector::state::select(statement& asked) {
  const auto began_ns = clock->monotonic_ns();
  if (!look(began_ns)) {
    return stopped();
  }
  if (asked.version != ranked_version) {
    rank(asked);
  }
  if (asked.winner != nullptr) {
    if (is_profiling) {
      record(asked, began_ns);
    } else {
      count(asked, began_ns);
    }
  }
  return asked.answer;
}

// -- the public face
// ----------------------------------------------------------------------------------------------------

selector::selector(std::shared_ptr<snapshot_port> port, snapshot_port_actor actor, std::shared_ptr<clock_source> clock)
    : state_(std::make_unique<state>(std::move(port), std::move(actor), std::move(clock))) {}
selector::selector(selector&&) noexcept = default;
selector& selector::operator=(selector&& other) noexcept {
  flush();
  state_ = std::move(other.state_);
  return *this;
}
selector::~selector() {
  flush();
}

selector::prepared::prepared(std::unique_ptr<statement> made) : statement_(std::move(made)) {}
selector::prepared::prepared(prepared&&) noexcept = default;
selector::prepared& selector::prepared::operator=(prepared&&) noexcept = default;
selector::prepared::~prepared() = default;

outcome<selector::prepared> selector::prepare(const select_request& request) {
  auto checked = planguild::prepare(request);
  if (!checked) {
    return *checked.error;
  }
  return prepared{std::make_unique<statement>(request, std::move(*checked))};
}

outcome<choice> selector::select(prepared& request) {
  return state_->select(*request.statement_);
}

outcome<choice> selector::select(const select_request& request) {
  auto* kept = state_->statements.find(request);
  if (kept == nullptr) {
    auto checked = planguild::prepare(request);
    if (!checked) {
      return *checked.error;
    }
    kept = &state_->statements.keep(request, std::make_unique<statement>(request, std::move(*checked)));
  }
  return state_->select(*kept);
}

outcome<batch_selection> selector::batch_select(const select_request& request, std::int64_t count) {
  if (!state_->look(state_->clock->monotonic_ns())) {
    return stopped();
  }
  return batch(state_->ranked->table, request, count);
}

outcome<selection> selector::explain(const select_request& request) {
  if (!state_->look(state_->clock->monotonic_ns())) {
    return stopped();
  }
  auto answer = planguild::select(state_->ranked->table, request);
  if (!answer && state_->ranked->table.candidates() == 0 && answer.error->code != failure_code::limit_exceeded) {
    return nobody(*state_->ranked->view);
  }
  return answer;
}

void selector::flush() {
  if (state_) {
    state_->send();
    state_->tell_dropped();
  }
}

std::uint64_t selector::dropped() const noexcept {
  return state_->dropped_before + state_->dropped;
}

}  // namespace planguild
