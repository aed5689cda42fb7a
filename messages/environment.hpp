// The outside world as interfaces, handed to the actors at spawn, so that a test can own time, chance, files,
// processes, the log and the store. The real ones are in app/host/system/. Thread rules stand at each interface.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/failure.hpp"
#include "messages/planner.hpp"
#include "messages/sandbox.hpp"
#include "messages/snapshot.hpp"
#include "messages/store.hpp"

namespace planguild {

struct select_request;
struct selection;

/// Any thread.
class clock_source {
 public:
  virtual ~clock_source() = default;
  /// Milliseconds of a clock that never steps back; its zero means nothing.
  virtual std::int64_t monotonic_ms() const = 0;
  /// Nanoseconds of the same clock, for durations.
  virtual std::int64_t monotonic_ns() const = 0;
  /// Milliseconds since 1970 (UTC). May step.
  virtual std::int64_t wall_ms() const = 0;
};

/// Any thread.
class random_source {
 public:
  virtual ~random_source() = default;
  /// 64 random bits; unpredictable in the real one (ids of requests to planners depend on it).
  virtual std::uint64_t next() = 0;
};

enum class file_kind : std::uint8_t { regular, directory, symlink, other };

struct file_facts {
  file_kind kind = file_kind::other;
  std::int64_t size_bytes = 0;
  std::int64_t modified_ns = 0;  // since 1970
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  std::uint32_t mode = 0;  // permission bits
};

struct directory_entry {
  std::string name;
  file_kind kind = file_kind::other;
};

/// Reading files. May block, so only detached actors (discovery) and hosts call it. Failures carry `not_found` (nothing
/// there) or `load_failed` (there, but unreadable), with the system's reason in the message and the path in `where`.
class file_source {
 public:
  virtual ~file_source() = default;
  /// Entries of a directory in bytewise order of their names, without "." and "..".
  virtual outcome<std::vector<directory_entry>> list(const std::string& directory) = 0;
  /// Follows symbolic links.
  virtual outcome<file_facts> stat(const std::string& path) = 0;
  /// The whole file; more than `bytes_max` bytes is `limit_exceeded`. Only regular files are read (a FIFO is refused,
  /// not waited for).
  virtual outcome<std::string> read(const std::string& path, std::size_t bytes_max) = 0;
  /// `stat` of the file `name` (relative, without "..") of a planner whose folder is `folder`. Links on the way to the
  /// folder are followed, those in it only as long as they stay below it: of one that leads out, the facts are its own
  /// (`symlink`), whether anything is where it leads or not.
  virtual outcome<file_facts> stat_below(const std::string& folder, const std::string& name) = 0;
  /// `read` likewise. A link that leads out is `load_failed`, with a sentence that says which it is and what to do.
  virtual outcome<std::string> read_below(const std::string& folder, const std::string& name,
                                          std::size_t bytes_max) = 0;
};

/// What to start. Everything the child sees is in here: the environment is made anew, only descriptors 0, 1 and 2 are
/// open, and of the files in `directory` it sees copies of `files` alone, whose bytes were compared with `files_sha256`
/// and `file_sizes_bytes` after they were copied.
struct process_command {
  std::string planner;  // for messages
  entry_kind kind = entry_kind::command;
  std::vector<std::string> argv;                // argv[0]: a path, or a bare name looked up in /usr/bin, then /bin
  std::string library;                          // of kind library: the shared object, one of `files`
  std::string directory;                        // where `files` lie, absolute
  std::vector<std::string> files;               // relative to `directory`
  std::string files_sha256;                     // over their bytes in order, hexadecimal; empty: not compared
  std::vector<std::uint64_t> file_sizes_bytes;  // of `files` in order; compared if `files_sha256` is
  std::vector<std::string> environment;         // KEY=VALUE
  sandbox_policy policy;
  planner_permissions grants;  // beyond its own files and the system's libraries and programs
  std::string repository;      // absolute; it may be read, too. Empty: none
};

enum class process_event_kind : std::uint8_t {
  started,        // `process` is set
  secured,        // `posture` is set: the layers are on and suffice, and the planner's own program begins
  line,           // one whole line of the planner's output, in `text`
  line_too_long,  // a line over limits::protocol_line_bytes_max; nothing more is read
  output_closed,  // the planner closed its end; `text` holds a cut-off last line, if any
  exited,         // the last event, exactly once, also when it could not be started (then `start_error` is set)
};
PLANGUILD_ENUM(process_event_kind, started, secured, line, line_too_long, output_closed, exited);

struct process_event {
  process_event_kind kind = process_event_kind::exited;
  std::string text;
  std::int64_t process = 0;          // process id; 0 for a builtin
  std::optional<int> exit_code;      // exited by itself
  std::optional<int> signal;         // ended by a signal
  std::string start_error;           // why it could not be started
  sandbox_posture posture;           // with `secured`, and with `exited` where `insecure`
  bool insecure = false;             // with `exited`: a required guarantee did not hold, so the planner did not run
  std::string filtered_call;         // with `exited` by the system call filter: the call, where it can be known
  std::string exceeded_limit;        // with `exited`: the resource limit that ended it ("memory", "file size", …)
  resource_use resources;            // with `exited`
  std::string stderr_tail;           // with `exited`: the last limits::stderr_tail_bytes, unscrubbed
  std::uint64_t processes_left = 0;  // with `exited`: members of its session that outlived the kill
  bool operator==(const process_event&) const = default;
};
PLANGUILD_FIELDS(process_event, kind, text, process, exit_code, signal, start_error, posture, insecure, filtered_call,
                 exceeded_limit, resources, stderr_tail, processes_left);

/// Called on the runner's thread (or inside `start`); must only enqueue a message and never throws.
using process_sink = std::function<void(process_event)>;

/// Starts and talks to planner processes, and to builtin planners as if they were processes. Asynchronous: no call
/// blocks. Any thread. Events of one process come in order; after `exited` none comes, and calls for it do nothing.
class process_runner {
 public:
  virtual ~process_runner() = default;
  /// Returns an id that is never used again. Its events go to `sink`.
  virtual std::uint64_t start(process_command command, process_sink sink) = 0;
  /// Sends one line ("\n" is added). What a planner does not read is kept up to limits::protocol_line_bytes_max × 2,
  /// then it is killed.
  virtual void send_line(std::uint64_t id, std::string line) = 0;
  /// Kills the process with its whole session; `exited` follows.
  virtual void kill(std::uint64_t id) = 0;
};

enum class log_level : std::uint8_t { debug, info, warning, error, critical };
PLANGUILD_ENUM(log_level, debug, info, warning, error, critical);

/// Any thread; never blocks for long and never fails. The sink scrubs.
class log_sink {
 public:
  virtual ~log_sink() = default;
  virtual void log(log_level level, std::string_view component, std::string_view message,
                   const std::vector<std::pair<std::string, std::string>>& fields = {}) = 0;
  /// Lines below `least` are not written from now on.
  virtual void set_least_level(log_level least) = 0;
};

/// Notices changes in directories. Any thread; no call blocks for longer than the system calls that set it up.
class directory_watcher {
 public:
  virtual ~directory_watcher() = default;
  /// From now on watches exactly `directories` (absolute; not what is below them) instead of those before. `changed` is
  /// called from a thread of the watcher's own after an entry was made, removed, renamed, written or had its
  /// permissions changed; many changes at once may be told as one. It must only enqueue a message and never throws.
  /// Returns how many could not be watched (missing, or more than the system allows).
  virtual std::size_t watch(const std::vector<std::string>& directories, std::function<void()> changed) = 0;
};

/// Facts about the process that a report shows. Any thread; at most one read of a file that is in memory.
class process_facts {
 public:
  virtual ~process_facts() = default;
  /// Resident memory of the whole process; 0 where it cannot be told.
  virtual std::uint64_t resident_bytes() = 0;
};

/// Hears of every decision, so that it can be taken again later and elsewhere (`replay`). Called on the registry's
/// thread, so it must return quickly; the view is immutable and may be kept.
class decision_sink {
 public:
  virtual ~decision_sink() = default;
  virtual void decided(const snapshot_ptr& view, const select_request& request, const outcome<selection>& chosen) = 0;
};

/// Any thread; no call blocks. Without a store every call is answered at once with nothing.
class planner_store {
 public:
  virtual ~planner_store() = default;
  /// Calls `done` once, from any thread, with what is known or why nothing could be recalled; within
  /// limits::store_recall_ms.
  virtual void load(std::function<void(outcome<store_contents>)> done) = 0;
  /// Queues `update`; over limits::store_queue_max waiting updates the oldest are dropped and counted in the log.
  virtual void save(store_update update) = 0;
  /// Commits what is queued; the one call that blocks (at most `deadline_ms`), for hosts that stop: never an actor.
  /// False if something was not committed by then.
  virtual bool flush(std::int64_t deadline_ms) = 0;
  /// Why nothing is kept beyond the runtime; empty while something is. Then `load` knows nothing and `save` forgets.
  /// Any thread, at once.
  virtual std::string memory_only() const { return {}; }
};

/// Everything of the outside that the actors use. Shared by all actors of one runtime; outlives them.
struct environment {
  std::shared_ptr<clock_source> clock;
  std::shared_ptr<random_source> random;
  std::shared_ptr<file_source> files;
  std::shared_ptr<process_runner> processes;
  std::shared_ptr<log_sink> log;
  std::shared_ptr<planner_store> store;
  std::shared_ptr<directory_watcher> watcher;  // null: changes under the roots are not noticed
  std::shared_ptr<process_facts> facts;        // null: memory is not reported
  std::shared_ptr<decision_sink> decisions;    // null: decisions are not recorded
};

}  // namespace planguild
