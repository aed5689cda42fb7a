// Who wants every new snapshot: the one signature that a subscriber must have. Subscribers are actors of the same
// process, because a snapshot travels by pointer.
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

#include "messages/caf.hpp"
#include "messages/snapshot.hpp"

namespace planguild {

/// Registry to subscribers: what ranking sees has changed. The snapshot is shared, not copied.
struct snapshot_published {
  snapshot_ptr view;  // null only as the answer of a registry that is stopping
  bool operator==(const snapshot_published&) const = default;
};

}  // namespace planguild

// The one pointer that crosses in messages: sending it to another process is an error.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(planguild::snapshot_published)

namespace planguild {

using snapshot_sink = compat::actor_of<
    // A newer one; it replaces those before. The answer is not waited for.
    ack(snapshot_published)>;

/// Host to registry: every new snapshot to `subscriber`, until it ends.
struct subscribe_snapshots {
  snapshot_sink subscriber;
  bool operator==(const subscribe_snapshots&) const = default;
};
PLANGUILD_FIELDS(subscribe_snapshots, subscriber);

/// Selector to registry: publish a fresh snapshot now, because the reliabilities of the present one are getting old.
struct refresh_snapshot {
  bool operator==(const refresh_snapshot&) const = default;
};
PLANGUILD_NO_FIELDS(refresh_snapshot);

}  // namespace planguild
