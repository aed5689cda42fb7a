// Selection at the speed of memory, for a host thread that selects often: ranks the latest snapshot where it stands,
// with the registry's own ranking, and tells the registry afterwards. Selecting takes no lock, counts no reference,
// writes nothing that another thread reads, and asks one atomic whether there is a new snapshot.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "actors/registry/ranking.hpp"
#include "app/host/snapshot_port.hpp"
#include "messages/environment.hpp"
#include "messages/limits.hpp"
#include "messages/profiling.hpp"

namespace planguild {

/// The planner that a selector chose.
struct choice {
  std::string_view best;  // valid until the selector is called again
  double score = 0;
  std::uint64_t candidates_considered = 0;
  std::uint64_t snapshot_version = 0;
};

/// Made by runtime::make_selector; belongs to one thread, which may change only between calls. It must be gone before
/// the actor system is. Its snapshot is at most limits::snapshot_max_age_ms old while it is asked steadily, whatever it
/// is asked: at half of that it asks for a fresh one; after a pause the first answers may still see the one before. A
/// selector never waits, and the decision sink does not hear of it.
class selector {
 public:
  /// A request that is checked and resolved once. Keeps its winner until the snapshot changes, so that what is asked
  /// again and again costs a look. Belongs to its selector's thread.
  class prepared;

  selector(std::shared_ptr<snapshot_port> port, snapshot_port_actor actor, std::shared_ptr<clock_source> clock);
  ~selector();  // sends the samples that are left
  selector(selector&&) noexcept;
  selector& operator=(selector&&) noexcept;

  /// Fails with `limit_exceeded` as a selection would. Only objective, capabilities, preference and context count.
  outcome<prepared> prepare(const select_request& request);

  /// Fails with `no_active_planner`, `no_candidate`, `deadline_exceeded` (nobody yet, but first admissions are pending)
  /// and `stopping`. Allocates nothing while the snapshot stays, but for a batch of samples, or of counts, each
  /// limits::samples_per_message_max selections. Where the configuration takes no samples the registry is told how
  /// often each planner was chosen, for its statistics and the tie-break, at most each limits::sample_batch_age_ms_max.
  outcome<choice> select(prepared& request);

  /// The same for a request that was not prepared: it is kept prepared among the last
  /// limits::kept_answers_max different ones. Fails with `limit_exceeded` as well.
  outcome<choice> select(const select_request& request);

  /// The names of the first `count` planners. Fails with `limit_exceeded`, `stopping`.
  outcome<batch_selection> batch_select(const select_request& request, std::int64_t count);

  /// The whole answer that the registry would give on this snapshot, with breakdown and, if `request.explain` is set,
  /// every loser's reason. Leaves no sample.
  outcome<selection> explain(const select_request& request);

  /// Sends what samples and counts there are; by itself this happens when a batch is full or
  /// limits::sample_batch_age_ms_max old at a selection.
  void flush();

  /// Selections of which no sample or count was sent because too many batches were under way; the registry is told with
  /// the next batch, or at the next flush.
  std::uint64_t dropped() const noexcept;

 private:
  struct statement;
  struct state;
  std::unique_ptr<state> state_;
};

class selector::prepared {
 public:
  prepared(prepared&&) noexcept;
  prepared& operator=(prepared&&) noexcept;
  ~prepared();

 private:
  friend class selector;
  explicit prepared(std::unique_ptr<statement> made);
  std::unique_ptr<statement> statement_;
};

}  // namespace planguild
