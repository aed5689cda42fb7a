// Planner protocol 1 as text: makes the host's lines and says what each of the planner's lines means. Knows one request
// in flight. Owned by one worker_session; not shared. Nothing the planner sends is trusted.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/environment.hpp"
#include "messages/failure.hpp"
#include "messages/planner.hpp"

namespace planguild {

enum class protocol_method : std::uint8_t { initialize, self_test, generate_plan, shutdown };

/// What one line of the planner was.
struct protocol_reading {
  enum class kind : std::uint8_t {
    notification,  // progress or log
    result,        // the answer to the request in flight, in `result`
    error,         // an error answer to it, in `problem`
    violation,     // the planner broke the protocol; `problem` says how. The session is over
  };
  enum kind kind = kind::notification;
  protocol_method method = protocol_method::initialize;  // of the request that `result` or `error` answers
  nlohmann::json result;
  failure problem;
  process_ending ending = process_ending::protocol_broken;  // of a violation: or over_limit
  std::string breach;                                       // of a violation: which one, in a few words
};

class planner_protocol {
 public:
  /// `random` makes the ids: a planner must not be able to guess the next one. `planner` is for messages.
  planner_protocol(random_source& random, std::string planner);

  // Each makes one line and becomes the request in flight. Requires that none is (`pending()` is false).
  std::string initialize();
  std::string self_test();
  /// `context` should be a JSON object or empty; what is anything else is no context and sent as null, for which no
  /// planner can be blamed.
  std::string generate_plan(std::string_view objective, std::string_view context, std::string_view repository,
                            std::int64_t timeout_ms);
  std::string shutdown();

  /// The notification that asks the planner to give up the request in flight.
  std::string cancel() const;

  /// Reads one line. A wrong, repeated or missing id, noise, too many notifications: a violation.
  protocol_reading read(std::string_view line);

  bool pending() const noexcept { return pending_.has_value(); }

 private:
  std::string request(protocol_method method, nlohmann::ordered_json params);
  protocol_reading answer(const nlohmann::json& message);
  protocol_reading violation(std::string_view breach, std::string_view what) const;

  random_source& random_;
  std::string planner_;
  std::optional<protocol_method> pending_;
  std::string pending_id_;
  std::string answered_id_;        // of the last answer
  std::size_t notifications_ = 0;  // since the request in flight was made
};

/// Whether what the planner says of itself agrees with its manifest: protocol 1, same name, version and capabilities.
/// Fails with `handshake_mismatch` naming both sides, or `protocol_error` if the answer is malformed.
std::optional<failure> check_handshake(const nlohmann::json& result, const planner_manifest& manifest);

}  // namespace planguild
