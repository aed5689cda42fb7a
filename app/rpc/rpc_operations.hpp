// The operations by name: JSON in, a completion queue's ticket, JSON out. Host thread of the queue.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "app/host/completion_queue.hpp"

namespace planguild {

/// Gets the reply as JSON text, or the failure.
using operation_callback = std::function<void(outcome<std::string> reply)>;

struct started_operation {
  /// Fails with what from_json refuses, or with what completion_queue::submit fails with.
  outcome<completion_queue::ticket> ticket;
  bool params_refused = false;
};

/// Reads the parameters and submits; `done` is called in a later drain if a ticket was given. None: there is no
/// operation `method`. A plan's `request.context` is made of its `context`, whatever the caller says. `paths_shown`:
/// the reply says in full where things are (see shortened_places.hpp).
std::optional<started_operation> start_operation(completion_queue& queue, std::string_view method,
                                                 const nlohmann::json& params, bool paths_shown,
                                                 operation_callback done);

/// Every operation's name, separated by ", ".
std::string operation_names();

}  // namespace planguild
