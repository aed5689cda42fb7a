// What was asked and what was answered, and whether that may be: every breach of an invariant ends up here. Also the
// story of the run in words, and its fingerprint. Plain class; owned by one run; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/selection.hpp"

namespace planguild::simulation {

/// Who asked for what, and until when the answer must be there.
struct asked {
  std::string_view kind;
  std::string planner;                     // whom it is about; empty: nobody in particular
  std::optional<std::int64_t> timeout_ms;  // none: only the end of the run bounds it; <= 0: at once
};

class ledger {
 public:
  /// `now_ms` tells the run's clock. Lines of the story are kept only if `tells_story`.
  ledger(std::function<std::int64_t()> now_ms, bool tells_story);

  // -- the story ------------------------------------------------------------------------------------------------------
  bool tells_story() const noexcept { return tells_story_; }
  /// One line, with the time before it. Callers make the text only if tells_story().
  void tell(const std::string& line);
  const std::vector<std::string>& story() const noexcept { return story_; }
  /// Mixes something that happened into the fingerprint; runs of one seed have the same.
  void mark(std::uint64_t what);
  std::uint64_t fingerprint() const noexcept { return fingerprint_; }

  // -- breaches -------------------------------------------------------------------------------------------------------
  /// The first one counts.
  void breach(const std::string& what);
  const std::optional<std::string>& breached() const noexcept { return breach_; }

  // -- requests: answered once, and in time
  // -----------------------------------------------------------------------------
  std::size_t ask(asked request);
  /// `answer`: "ok", a failure code's text, or "down" (the receiver ended). `down_is_fine`: it may have ended.
  void answer(std::size_t request, std::string_view answer, bool down_is_fine);
  /// The clock went on by `ms` while actors had work: answers may be late by as much.
  void note_load(std::int64_t ms) { load_ms_ += ms; }
  /// Nothing is ready to run: whose time is over must have its answer.
  void check_deadlines();
  /// Nothing will happen any more: everybody must have an answer.
  void check_all_answered();
  bool is_answered(std::size_t request) const { return requests_[request].answers > 0; }
  std::uint64_t asked_at(std::size_t request) const { return requests_[request].sequence; }
  /// The time that its caller gave is over.
  bool is_due(std::size_t request) const;
  /// Sequence of the last question or answer.
  std::uint64_t now_sequence() const noexcept { return sequence_; }
  std::size_t open() const noexcept { return open_.size(); }
  /// How many requests of this kind got an answer other than "down".
  std::uint64_t answered(std::string_view kind) const;
  std::uint64_t down(std::string_view kind) const;
  std::uint64_t count(std::string_view kind) const;

  // -- same version and request, same answer; no answer from the past
  // ----------------------------------------------------
  void check_selection(std::size_t request, std::uint64_t shape, const selection& chosen);

  // -- an operator's quarantine
  // -----------------------------------------------------------------------------------------
  void operator_asks_reinstate(const std::string& planner);
  void operator_reinstated(const std::string& planner);
  void operator_quarantined(const std::string& planner, std::size_t request);
  /// The word is older than the run.
  void operator_had_quarantined(const std::string& planner) { words_[planner].shut_out_since = 0; }
  /// `request` was answered with something that makes use of `planner`.
  void check_use(std::size_t request, const std::string& planner);
  bool is_shut_out(const std::string& planner) const;

 private:
  struct request_state {
    asked what;
    std::uint64_t sequence = 0;
    std::int64_t asked_ms = 0;
    std::int64_t load_ms = 0;
    int answers = 0;
    bool down = false;
  };
  struct operator_word {
    std::optional<std::uint64_t> shut_out_since;  // sequence of the answer; none: may be used
    std::uint64_t reinstates_open = 0;
    std::uint64_t last_reinstate = 0;
  };
  std::string describe(std::size_t request) const;

  std::function<std::int64_t()> now_ms_;
  const bool tells_story_;
  std::vector<std::string> story_;
  std::uint64_t fingerprint_ = 0xCBF29CE484222325U;
  std::optional<std::string> breach_;
  std::vector<request_state> requests_;
  std::vector<std::size_t> open_;
  std::uint64_t sequence_ = 0;
  std::int64_t load_ms_ = 0;
  std::map<std::pair<std::uint64_t, std::uint64_t>, selection> selections_;  // version and shape of the request
  std::vector<std::pair<std::uint64_t, std::uint64_t>> versions_;  // sequence of an answer and the version it showed
  std::map<std::string, operator_word> words_;
};

}  // namespace planguild::simulation
