// Who wants to hear of events: the one signature that a subscriber must have. Subscribers are hosts' actors.
#pragma once

#include "messages/caf.hpp"
#include "messages/events.hpp"

namespace planguild {

using event_sink = compat::actor_of<
    // Something happened. The answer is not waited for.
    ack(runtime_event)>;

/// Host to registry: tell `subscriber` of the events that `filter` accepts, until it ends or unsubscribes. A second
/// request of the same subscriber replaces its filter.
struct subscribe_request {
  event_sink subscriber;
  event_filter filter;
  bool operator==(const subscribe_request&) const = default;
};
PLANGUILD_FIELDS(subscribe_request, subscriber, filter);

/// Host to registry: no more events to `subscriber`.
struct unsubscribe_request {
  event_sink subscriber;
  bool operator==(const unsubscribe_request&) const = default;
};
PLANGUILD_FIELDS(unsubscribe_request, subscriber);

}  // namespace planguild
