// Requests that cannot be answered yet: what each waits for, until when, and how it goes on. Plain class, owned by the
// registry actor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "messages/failure.hpp"

namespace planguild {

/// What a request waits for.
enum class awaited : std::uint8_t {
  scan,              // the scan with `scan_number` to be merged
  first_admissions,  // every planner of the first discovery to be judged
  all_admissions,    // nobody to be under judgement
  planner,           // `planner` to be judged
  heal,              // heal number `heal_number` to be over
  reply,             // another actor to answer; taken out by its number then
};

struct waiting_request {
  awaited what = awaited::scan;
  std::uint64_t scan_number = 1;  // for `scan`; everything else needs the first scan as well
  std::string planner;            // for `planner`
  std::uint64_t heal_number = 0;  // for `heal`
  std::uint64_t ticket = 0;       // for cancelling; 0: cannot be
  std::function<void()> proceed;
  std::function<void(failure)> give_up;
};

class waiting_room {
 public:
  /// False if limits::waiting_requests_max wait already.
  bool has_room() const noexcept;

  /// Takes `request` in; the number is for its deadline's timer.
  std::uint64_t add(waiting_request request);

  /// A number that no request has, for a timer of another kind.
  std::uint64_t next_number() { return next_++; }

  /// Removes and returns, in order of arrival, those for which `is_ready` says yes.
  std::vector<waiting_request> take_ready(const std::function<bool(const waiting_request&)>& is_ready);

  /// Removes the one with this number, if it still waits.
  std::optional<waiting_request> take(std::uint64_t number);

  /// Removes the one with this ticket, if there is one.
  std::optional<waiting_request> take_ticket(std::uint64_t ticket);

  /// Removes all.
  std::vector<waiting_request> take_all();

 private:
  std::map<std::uint64_t, waiting_request> waiting_;  // by number, so in order of arrival
  std::uint64_t next_ = 1;
};

}  // namespace planguild
