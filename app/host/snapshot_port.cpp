// See the header. The actor's handlers run on the scheduler.
#include "app/host/snapshot_port.hpp"

#include <utility>

#include "messages/limits.hpp"

namespace planguild {

snapshot_port::ranked snapshot_port::latest() const {
  const std::lock_guard guard{lock_};
  return latest_;
}

void snapshot_port::put(ranked newest) {
  {
    const std::lock_guard guard{lock_};
    if (latest_ && latest_->view->version >= newest->view->version) {
      return;
    }
    std::swap(latest_, newest);
    auto before = version_.load(std::memory_order_relaxed);
    while (before != closed && !version_.compare_exchange_weak(before, latest_->view->version,
                                                               std::memory_order_release, std::memory_order_relaxed)) {
    }
  }
  // What was the latest may end here, a large thing to take apart: not under the lock.
}

bool snapshot_port::may_send_batch() noexcept {
  if (in_flight_.fetch_add(1, std::memory_order_relaxed) < limits::sample_batches_in_flight_max) {
    return true;
  }
  in_flight_.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

namespace {

class snapshot_port_state : public compat::state<snapshot_port_actor> {
 public:
  static constexpr const char* name = "planguild.snapshot_port";

  snapshot_port_state(self_pointer self, registry_actor registry, std::shared_ptr<snapshot_port> port)
      : self_(self), registry_(std::move(registry)), port_(std::move(port)) {}
  ~snapshot_port_state() { port_->close(); }

  behavior_type make_behavior() {
    return {
        [this](const snapshot_published& news) -> caf::result<ack> {
          take(news.view);
          return ack{};
        },
        [this](const refresh_snapshot& request) -> caf::result<ack> {
          compat::tell(registry_, request);
          return ack{};
        },
        [this](const selection_batch& batch) -> caf::result<ack> {
          if (batch.points.empty() && batch.counts.empty()) {  // only how many were dropped: not among those in flight
            compat::tell(registry_, batch);
            return ack{};
          }
          compat::ask(
              self_, registry_, batch, [this](const ack&) { port_->batch_arrived(); },
              [this](const caf::error&) { port_->batch_arrived(); });
          return ack{};
        },
    };
  }

 private:
  /// Sorting a large snapshot takes longer than the next one may take to come, so it is done once for all that wait:
  /// the message without a snapshot, which is sent after the first of them, says that it is time.
  void take(const snapshot_ptr& view) {
    if (!view) {
      is_due_ = false;
      port_->put(std::make_shared<const ranked_snapshot>(std::exchange(newest_, {})));
      return;
    }
    newest_ = view;
    if (!std::exchange(is_due_, true)) {
      compat::tell(self_->handle(), snapshot_published{});
    }
  }

  self_pointer self_;
  registry_actor registry_;
  std::shared_ptr<snapshot_port> port_;
  snapshot_ptr newest_;  // not sorted yet; set while `is_due_`
  bool is_due_ = false;
};

}  // namespace

snapshot_port_actor spawn_snapshot_port(caf::actor_system& system, const registry_actor& registry,
                                        std::shared_ptr<snapshot_port> port) {
  return compat::spawn<snapshot_port_state>(system, registry, std::move(port));
}

}  // namespace planguild
