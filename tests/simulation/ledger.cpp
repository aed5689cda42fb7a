// What was asked and what was answered: see the header.
#include "tests/simulation/ledger.hpp"

#include <algorithm>
#include <utility>

namespace planguild::simulation {

ledger::ledger(std::function<std::int64_t()> now_ms, bool tells_story)
    : now_ms_(std::move(now_ms)), tells_story_(tells_story) {
  requests_.reserve(128);
}

void ledger::tell(const std::string& line) {
  if (tells_story_) {
    story_.push_back(std::to_string(now_ms_()) + " ms: " + line);
  }
}

void ledger::mark(std::uint64_t what) {
  fingerprint_ = (fingerprint_ ^ what) * 0x100000001B3U;
}

void ledger::breach(const std::string& what) {
  if (!breach_) {
    breach_ = what;
    tell("BREACH: " + what);
  }
}

std::string ledger::describe(std::size_t request) const {
  const auto& entry = requests_[request];
  return "request " + std::to_string(request) + " (" + std::string{entry.what.kind} +
         (entry.what.planner.empty() ? "" : " of " + entry.what.planner) + ", asked at " +
         std::to_string(entry.asked_ms) + " ms" +
         (entry.what.timeout_ms ? ", timeout " + std::to_string(*entry.what.timeout_ms) + " ms" : "") + ")";
}

// -- requests
// -----------------------------------------------------------------------------------------------------------

std::size_t ledger::ask(asked request) {
  const auto number = requests_.size();
  requests_.push_back({std::move(request), ++sequence_, now_ms_(), load_ms_, 0, false});
  open_.push_back(number);
  if (tells_story_) {
    tell("asked: " + describe(number));
  }
  return number;
}

void ledger::answer(std::size_t request, std::string_view answer, bool down_is_fine) {
  auto& entry = requests_[request];
  ++sequence_;
  mark(request * 1'000 + answer.size());
  mark(static_cast<std::uint64_t>(now_ms_()));
  if (tells_story_) {
    tell("answered: request " + std::to_string(request) + " with " + std::string{answer});
  }
  if (++entry.answers > 1) {
    breach(describe(request) + " was answered twice");
  }
  std::erase(open_, request);
  entry.down = answer == "down";
  if (entry.down && !down_is_fine) {
    breach(describe(request) + " lost its receiver without an answer");
  }
  const auto late_ms = now_ms_() - entry.asked_ms - (load_ms_ - entry.load_ms);
  if (entry.what.timeout_ms && late_ms > std::max<std::int64_t>(*entry.what.timeout_ms, 0)) {
    breach(describe(request) + " was answered " + std::to_string(late_ms) +
           " ms after it was asked, past its deadline");
  }
}

bool ledger::is_due(std::size_t request) const {
  const auto& entry = requests_[request];
  return entry.what.timeout_ms && now_ms_() - entry.asked_ms >= std::max<std::int64_t>(*entry.what.timeout_ms, 0);
}

void ledger::check_deadlines() {
  for (const auto request : open_) {
    const auto& entry = requests_[request];
    if (!entry.what.timeout_ms) {
      continue;
    }
    const auto waited_ms = now_ms_() - entry.asked_ms - (load_ms_ - entry.load_ms);
    if (waited_ms > std::max<std::int64_t>(*entry.what.timeout_ms, 0)) {
      breach(describe(request) + " has no answer after its deadline");
    }
  }
}

void ledger::check_all_answered() {
  if (!open_.empty()) {
    breach(describe(open_.front()) + " was never answered");
  }
}

std::uint64_t ledger::answered(std::string_view kind) const {
  return static_cast<std::uint64_t>(std::count_if(
      requests_.begin(), requests_.end(),
      [kind](const request_state& each) { return each.what.kind == kind && each.answers > 0 && !each.down; }));
}

std::uint64_t ledger::down(std::string_view kind) const {
  return static_cast<std::uint64_t>(
      std::count_if(requests_.begin(), requests_.end(),
                    [kind](const request_state& each) { return each.what.kind == kind && each.down; }));
}

std::uint64_t ledger::count(std::string_view kind) const {
  return static_cast<std::uint64_t>(std::count_if(
      requests_.begin(), requests_.end(), [kind](const request_state& each) { return each.what.kind == kind; }));
}

// -- selections
// ---------------------------------------------------------------------------------------------------------

void ledger::check_selection(std::size_t request, std::uint64_t shape, const selection& chosen) {
  const auto version = chosen.snapshot_version;
  const auto [known, is_new] = selections_.emplace(std::pair{version, shape}, chosen);
  if (!is_new && !(known->second == chosen)) {
    breach(describe(request) + " got another answer (" + chosen.best +
           ") than an equal one did from the same snapshot " + std::to_string(version) + " (" + known->second.best +
           ")");
  }
  for (const auto& [seen_at, seen] : versions_) {
    if (seen_at < requests_[request].sequence && version < seen) {
      breach(describe(request) + " was answered from snapshot " + std::to_string(version) + " although " +
             std::to_string(seen) + " had been seen before it was asked");
    }
  }
  versions_.emplace_back(sequence_, version);
  check_use(request, chosen.best);
  for (const auto& row : chosen.breakdown) {
    check_use(request, row.name);
  }
}

// -- an operator's quarantine
// -------------------------------------------------------------------------------------------

void ledger::operator_asks_reinstate(const std::string& planner) {
  auto& word = words_[planner];
  word.shut_out_since.reset();
  ++word.reinstates_open;
}

void ledger::operator_reinstated(const std::string& planner) {
  auto& word = words_[planner];
  --word.reinstates_open;
  word.last_reinstate = sequence_;
}

/// Counts only where no reinstate can have come after it.
void ledger::operator_quarantined(const std::string& planner, std::size_t request) {
  auto& word = words_[planner];
  if (word.reinstates_open == 0 && word.last_reinstate < requests_[request].sequence && !word.shut_out_since) {
    word.shut_out_since = sequence_;
  }
}

bool ledger::is_shut_out(const std::string& planner) const {
  const auto word = words_.find(planner);
  return word != words_.end() && word->second.shut_out_since.has_value();
}

void ledger::check_use(std::size_t request, const std::string& planner) {
  if (is_shut_out(planner) && words_.at(planner).shut_out_since < requests_[request].sequence) {
    breach(describe(request) + " makes use of " + planner + ", which an operator had quarantined before it was asked");
  }
}

}  // namespace planguild::simulation
