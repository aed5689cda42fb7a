// Where snapshots pass from the registry to the threads that select. The port's actor receives them, sorts them for
// ranking and puts them here; selectors look whether there is a new one. This is where foreign threads meet actors, so
// it synchronises: the version is one atomic that only a new snapshot writes, the snapshot itself is behind a lock that
// is taken for the copy of a pointer, once for each new snapshot and selector.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>

#include "actors/registry/ranking_table.hpp"
#include "messages/type_ids.hpp"

namespace planguild {

class snapshot_port {
 public:
  using ranked = std::shared_ptr<const ranked_snapshot>;

  /// Says that the runtime has stopped; no snapshot comes any more.
  static constexpr std::uint64_t closed = std::numeric_limits<std::uint64_t>::max();

  /// Of the newest snapshot; 0 before the first. Any thread.
  std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }
  /// The newest snapshot; null before the first. Any thread.
  ranked latest() const;

  /// Takes a snapshot, unless there is a newer one.
  void put(ranked newest);
  void close() { version_.store(closed, std::memory_order_release); }

  /// Whether the caller, to whom snapshot `seen` is too old, is the one who has to ask for a fresh one: the first to
  /// say so of that version. By version, because a newer one may come between the look and the question: the registry
  /// then has nothing to answer, and that newer one must still be asked about in its time.
  bool must_ask_for_fresh(std::uint64_t seen) noexcept {
    return asked_about_.exchange(seen, std::memory_order_relaxed) != seen;
  }

  /// Whether another batch of samples may be sent; if so, it counts until `batch_arrived`.
  bool may_send_batch() noexcept;
  void batch_arrived() noexcept { in_flight_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  static constexpr std::size_t cache_line_bytes = 64;

  // Read by every selection, so nothing that is written more often shares its cache line.
  alignas(cache_line_bytes) std::atomic<std::uint64_t> version_ = 0;
  alignas(cache_line_bytes) std::atomic<std::int64_t> in_flight_ = 0;
  std::atomic<std::uint64_t> asked_about_ = 0;
  mutable std::mutex lock_;
  ranked latest_;  // guarded by `lock_`
};

using snapshot_port_actor = compat::actor_of<
    // From the registry.
    ack(snapshot_published),
    // From selectors, for the registry.
    ack(refresh_snapshot), ack(selection_batch)>;

/// Spawns the actor that fills `port` once it is subscribed to `registry`'s snapshots, and carries what selectors have
/// to say. End it to close the port.
snapshot_port_actor spawn_snapshot_port(caf::actor_system& system, const registry_actor& registry,
                                        std::shared_ptr<snapshot_port> port);

}  // namespace planguild
