// Self-heal as a sequence of steps: when to scan again, when to wait and how long, when to stop. Plain class, owned by
// the registry actor; knows no clock (`now_ms`: monotonic milliseconds) and does nothing itself.
#pragma once

#include <cstdint>
#include <optional>

#include "messages/operations.hpp"

namespace planguild {

class self_heal {
 public:
  enum class step_kind : std::uint8_t {
    attempt,  // scan (forced if `force`) and wait for all admissions, then call `attempted`
    wait,     // call `waited` after `delay_ms`
    done,     // `report` is the answer to all who asked
  };
  /// What the owner does next.
  struct step {
    step_kind kind = step_kind::done;
    bool force = false;
    std::int64_t delay_ms = 0;
    heal_report report;
  };

  /// A heal is asked for while `active` planners are active. `blocking`: FACTORY_SELF_HEAL_BLOCKING. None: it shares
  /// the run that is under way.
  std::optional<step> begin(const heal_request& request, std::uint64_t active, bool blocking, std::int64_t now_ms);
  /// The attempt is over and `active` planners are active now.
  step attempted(std::uint64_t active);
  /// The wait is over.
  step waited();

  bool is_running() const noexcept { return running_; }

 private:
  step next_attempt();

  heal_request request_;
  heal_report report_;
  bool blocking_ = true;
  bool running_ = false;
  std::optional<std::int64_t> last_begun_ms_;  // none: there was no heal yet
};

}  // namespace planguild
