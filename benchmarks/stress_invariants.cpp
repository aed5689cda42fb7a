// See the header.
#include "benchmarks/stress_invariants.hpp"

#include <algorithm>
#include <bit>
#include <initializer_list>
#include <utility>

namespace planguild::bench {

// -- breaches
// ----------------------------------------------------------------------------------------------------------

void breach_list::add(const std::string& sentence) {
  const std::lock_guard guard{lock_};
  ++count_;
  if (kept_.size() < kept_max) {
    kept_.push_back(sentence + " (seed " + std::to_string(seed_) + ")");
    if (tell_) tell_(kept_.back());
  }
}

std::uint64_t breach_list::count() const {
  const std::lock_guard guard{lock_};
  return count_;
}

std::vector<std::string> breach_list::sentences() const {
  const std::lock_guard guard{lock_};
  auto all = kept_;
  if (count_ > kept_.size()) {
    all.push_back("And " + std::to_string(count_ - kept_.size()) + " breaches more.");
  }
  return all;
}

// -- same version and request, same answer
// ----------------------------------------------------------------------------------------------------------

void answer_book::check(answer_path by, std::uint64_t version, std::size_t request, std::string_view best, double score,
                        std::uint64_t candidates) {
  const auto hash = (version * 1'031 + request) * 0x9E3779B97F4A7C15ULL;
  auto& on = shelves_[(hash >> 32U) % shelf_count];
  const auto score_bits = std::bit_cast<std::uint64_t>(score);
  const std::lock_guard guard{on.lock};
  auto& known = on.answers[(hash >> 40U) % answers_per_shelf];
  if (known.version != version || known.request != request) {
    if (known.version <= version) {  // a late answer of an old version does not drive out one that is still asked for
      known = {version, request, by, std::string{best}, score_bits, candidates};
    }
    return;
  }
  compared_.fetch_add(1, std::memory_order_relaxed);
  if (known.by != by) {
    compared_across_.fetch_add(1, std::memory_order_relaxed);
  }
  if (known.best != best || known.score_bits != score_bits || known.candidates != candidates) {
    const auto way = [](answer_path path) { return path == answer_path::selector ? "a selector" : "a message"; };
    breaches_.add("Request " + std::to_string(request) + " on snapshot " + std::to_string(version) + " was answered " +
                  known.best + " of " + std::to_string(known.candidates) + " by " + way(known.by) + " and " +
                  std::string{best} + " of " + std::to_string(candidates) + " by " + way(by) +
                  (known.score_bits != score_bits ? ", with another score" : ""));
  }
}

// -- which failures may happen
// ----------------------------------------------------------------------------------------------------------

std::string_view name_of(operation what) noexcept {
  static constexpr std::array<std::string_view, operation_count> names{
      "selector", "explain", "select", "select_many", "batch_select", "acquire", "run_plan", "plan", "look", "change"};
  return names[static_cast<std::size_t>(what)];
}

namespace {

bool is_one_of(failure_code code, std::initializer_list<failure_code> codes) noexcept {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool is_of_ranking(failure_code code) noexcept {
  return is_one_of(code, {failure_code::no_active_planner, failure_code::no_candidate});
}

/// Planners of a stress are killed at any moment, refuse to be constructed, and are quarantined.
bool is_of_a_start(failure_code code) noexcept {
  return is_one_of(code, {failure_code::quarantined, failure_code::load_failed, failure_code::start_failed,
                          failure_code::load_timeout});
}

bool is_of_work(failure_code code) noexcept {
  return is_one_of(code, {failure_code::planner_error, failure_code::planner_crashed, failure_code::plan_invalid,
                          failure_code::stale_handle, failure_code::overloaded});
}

}  // namespace

bool may_fail_with(operation what, failure_code code, situation now) noexcept {
  if (code == failure_code::stopping) {
    return now.stopping;
  }
  if (code == failure_code::cancelled) {
    return now.cancelled;
  }
  if (code == failure_code::deadline_exceeded) {
    return now.hurried;
  }
  switch (what) {
    case operation::select_here:
    case operation::explain:
    case operation::select:
      return is_of_ranking(code);
    case operation::acquire:
      return is_of_a_start(code);
    case operation::run_plan:
      return is_of_a_start(code) || is_of_work(code);
    case operation::plan:
      return is_of_ranking(code) || is_of_a_start(code) || is_of_work(code);
    case operation::select_many:
    case operation::batch_select:
    case operation::look:
    case operation::change:
      return false;
  }
  return false;
}

// -- every request answered exactly once
// ----------------------------------------------------------------------------------------------------------

std::uint64_t request_ledger::sent(operation what) {
  open_.emplace(++last_, what);
  return last_;
}

void request_ledger::refused(std::uint64_t number) {
  open_.erase(number);
}

void request_ledger::answered(std::uint64_t number, const std::optional<failure>& problem, situation now) {
  const auto known = open_.find(number);
  if (known == open_.end()) {
    breaches_.add(client_ + ": request " + std::to_string(number) + " was answered twice, or was never sent");
    return;
  }
  const auto what = known->second;
  open_.erase(known);
  called(what, problem, now);
}

void request_ledger::called(operation what, const std::optional<failure>& problem, situation now) {
  ++answers_[static_cast<std::size_t>(what)];
  if (!problem) {
    ++successes_[static_cast<std::size_t>(what)];
  } else if (!may_fail_with(what, problem->code, now)) {
    breaches_.add(client_ + ": " + std::string{name_of(what)} + " failed with " +
                  std::string{to_string(problem->code)} + ", which may not happen here: " + problem->message);
  }
}

void request_ledger::close() {
  std::map<std::string_view, std::uint64_t> lost;
  for (const auto& [number, what] : open_) {
    ++lost[name_of(what)];
  }
  for (const auto& [what, count] : lost) {
    breaches_.add(client_ + ": " + std::to_string(count) + " requests of " + std::string{what} +
                  " were never answered");
  }
  open_.clear();
}

// -- one live instance
// ----------------------------------------------------------------------------------------------------------

void instance_watch::started(const std::string& planner) {
  starts_.fetch_add(1, std::memory_order_relaxed);
  std::uint64_t alive = 0;
  {
    const std::lock_guard guard{lock_};
    alive = ++alive_[planner];
  }
  if (alive > 1 && watching_) {
    breaches_.add(std::to_string(alive) + " instances of " + planner + " live at once");
  }
}

void instance_watch::over(const std::string& planner) {
  const std::lock_guard guard{lock_};
  auto& alive = alive_[planner];
  if (alive == 0) {
    breaches_.add("an instance of " + planner + " ended that was never started");
    return;
  }
  --alive;
}

std::uint64_t instance_watch::alive() const {
  const std::lock_guard guard{lock_};
  std::uint64_t sum = 0;
  for (const auto& [planner, alive] : alive_) {
    sum += alive;
  }
  return sum;
}

// -- quarantined means quarantined, stale means stale
// ----------------------------------------------------------------------------------------------------------

planner_board::planner_board(std::vector<std::string> planners, breach_list& breaches)
    : planners_([&planners] {
        std::sort(planners.begin(), planners.end());
        return std::move(planners);
      }()),
      breaches_(breaches),
      words_(planners_.size()),
      generations_(planners_.size()) {}

std::optional<std::size_t> planner_board::index_of(std::string_view planner) const {
  const auto at = std::lower_bound(planners_.begin(), planners_.end(), planner);
  if (at == planners_.end() || *at != planner) {
    breaches_.add("nobody registered a planner named \"" + std::string{planner} + "\", but it was used");
    return std::nullopt;
  }
  return static_cast<std::size_t>(at - planners_.begin());
}

planner_board::moment planner_board::now() const {
  moment known;
  known.words.reserve(words_.size());
  known.generations.reserve(words_.size());
  for (std::size_t at = 0; at < words_.size(); ++at) {
    known.words.push_back(words_[at]);
    known.generations.push_back(generations_[at]);
  }
  return known;
}

void planner_board::quarantined(std::string_view planner) {
  if (const auto at = index_of(planner); at && words_[*at] % 2 == 0) {
    ++words_[*at];
  }
}

void planner_board::reinstating(std::string_view planner) {
  if (const auto at = index_of(planner); at && words_[*at] % 2 == 1) {
    ++words_[*at];
  }
}

void planner_board::check_used(std::string_view planner, const moment& sent, std::string_view how) {
  const auto at = index_of(planner);
  if (at && sent.words[*at] % 2 == 1 && words_[*at] == sent.words[*at]) {
    breaches_.add(std::string{planner} + " was " + std::string{how} +
                  " by a message sent after an operator's quarantine of it was answered");
  }
}

void planner_board::check_generation(std::string_view planner, const moment& sent, std::uint64_t generation) {
  const auto at = index_of(planner);
  if (!at) {
    return;
  }
  if (generation < sent.generations[*at]) {
    breaches_.add("an acquire of " + std::string{planner} + " gave generation " + std::to_string(generation) +
                  " after one had given " + std::to_string(sent.generations[*at]));
  }
  auto newest = generations_[*at].load();
  while (newest < generation && !generations_[*at].compare_exchange_weak(newest, generation)) {
  }
}

void planner_board::check_plan(std::string_view planner, const moment& sent, std::uint64_t asked, std::uint64_t given) {
  const auto at = index_of(planner);
  if (at && (asked < sent.generations[*at] || asked != given)) {
    breaches_.add("a handle of generation " + std::to_string(asked) + " of " + std::string{planner} +
                  " gave a plan of generation " + std::to_string(given) + " when generation " +
                  std::to_string(sent.generations[*at]) + " was known");
  }
}

// -- samples
// ----------------------------------------------------------------------------------------------------------

void check_sum(const profile_report& report, sample_kind kind, breach_list& breaches) {
  const auto kept = kind == sample_kind::selection       ? report.kept.selections.size()
                    : kind == sample_kind::instantiation ? report.kept.instantiations.size()
                                                         : report.kept.invocations.size();
  if (report.counted != kept + report.overwritten + report.trimmed || report.durations.count != report.counted) {
    breaches.add("of " + std::to_string(report.counted) + " samples (" + std::string{to_string(kind)} + ") " +
                 std::to_string(kept) + " are kept, " + std::to_string(report.overwritten) + " overwritten, " +
                 std::to_string(report.trimmed) + " trimmed, and " + std::to_string(report.durations.count) +
                 " are in the histogram");
  }
}

void check_balance(std::string_view what, std::uint64_t expected, std::uint64_t counted, std::string_view how,
                   breach_list& breaches) {
  if (expected != counted) {
    breaches.add(std::to_string(expected) + " " + std::string{what} + ", but " + std::to_string(counted) + " " +
                 std::string{how});
  }
}

}  // namespace planguild::bench
