// The store: what outlives the process, in one SQLite file that several processes may share. One thread owns the
// connection; callers only queue. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "messages/environment.hpp"
#include "messages/failure.hpp"

namespace planguild {

struct store_options {
  std::string directory;          // made with mode 0700, parents too; the file in it is planguild.db
  std::shared_ptr<log_sink> log;  // may be none
};

/// What a host sees of its store besides what the actors see.
class durable_store : public planner_store {
 public:
  /// As there, of the disk.
  std::string memory_only() const override = 0;
  /// Commits what is queued. Blocks at most `deadline_ms` and at most limits::store_commit_ms; false if something was
  /// not committed by then. True for a store that keeps nothing. A host's thread, never an actor.
  bool flush(std::int64_t deadline_ms) override = 0;
};

/// Opens or makes the store. Blocks for some file operations (half a second at most where another process holds a
/// lock). Fails with `invalid_configuration` for an empty directory name only: a folder that cannot be written, a full
/// disk, a file that is read-only, of a newer version or not ours give a store that is `memory_only` with a log line
/// saying why, and nothing is touched. A corrupt file, or one with our mark and without our tables, is renamed to
/// planguild.db.corrupt-TIME, said in the log, and a new one begun; also later, when the corruption shows. The
/// destructor commits what is queued, within limits::store_commit_ms.
///
/// Writing: what is queued goes into one transaction. A failed one is kept and tried again after a second, and logged
/// once.
outcome<std::shared_ptr<durable_store>> open_store(store_options options);

/// A store that knows nothing and keeps nothing.
std::shared_ptr<durable_store> make_null_store(std::string reason = "no state directory was given");

}  // namespace planguild
