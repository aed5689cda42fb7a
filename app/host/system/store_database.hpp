// The SQLite file behind the store: schema, reading, merging. Plain and blocking; used by one thread at a time.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/host/system/sqlite_statement.hpp"
#include "messages/store.hpp"

namespace planguild {

/// Why the database could not do something.
struct database_problem {
  enum class kind_of : std::uint8_t {
    busy,      // another process holds it, or the time was over: again later
    corrupt,   // not a database, or a damaged one
    refused,   // this data will never be accepted
    unusable,  // read-only, full, unreadable, foreign, of a newer version
  };
  kind_of kind = kind_of::unusable;
  std::string reason;
};

/// The weights that `before` has at the increment's moment, plus the increment: both weights are multiplied by
/// 0.5^(dt / half-life) with dt = max(0, wall_ms − saved_wall_ms); a half-life of 0 or less does not decay. An
/// increment from before `saved_wall_ms` (another process wrote meanwhile, or the clock stepped) counts in full as of
/// then.
stored_reliability merged(stored_reliability before, const reliability_increment& increment);

class store_database {
 public:
  struct opened;

  /// Opens the file, making its tables if need be. Waits at most limits::store_recall_ms for other
  /// processes.
  static opened open(const std::string& path);
  ~store_database();
  store_database(const store_database&) = delete;
  store_database& operator=(const store_database&) = delete;

  /// Everything that is known, the newest limits::planners_max rows of each table at most (of crashes and samples
  /// fewer); gives up after `within_ms`.
  std::optional<database_problem> read(store_contents& contents, std::int64_t within_ms);

  /// All of `updates` in one transaction, or nothing of it.
  std::optional<database_problem> write(const std::vector<store_update>& updates);

  /// Makes a running call of another thread fail soon.
  void interrupt() { sqlite3_interrupt(connection_); }

 private:
  explicit store_database(sqlite3* connection) : connection_(connection) {}

  std::optional<database_problem> prepare_schema();
  std::optional<database_problem> make_schema();
  std::optional<database_problem> check_columns(std::span<const char* const> queries);
  std::optional<database_problem> execute(const char* sql);
  std::optional<database_problem> read_verdicts(store_contents& contents);
  std::optional<database_problem> read_reliabilities(store_contents& contents);
  std::optional<database_problem> read_crashes(store_contents& contents);
  std::optional<database_problem> read_samples(store_contents& contents);
  std::optional<database_problem> forget_surplus();
  std::optional<database_problem> write_rows(const std::vector<store_update>& updates);
  std::optional<database_problem> write_verdict(const admission_verdict& verdict);
  std::optional<database_problem> write_crash(const crash_report& report);
  std::optional<database_problem> forget_old_crashes();
  std::optional<database_problem> write_samples(const samples& batch);
  std::optional<database_problem> read_one(const std::string& name, stored_reliability& row);
  std::optional<database_problem> write_one(const stored_reliability& row);
  database_problem problem(int code, const char* what) const;
  std::optional<database_problem> integer_of(const char* sql, std::int64_t& value);

  sqlite3* connection_;
  bool surplus_forgotten_ = false;
  sqlite_statement insert_verdict_;  // prepared once: a first discovery brings thousands
  sqlite_statement forget_verdicts_;
};

struct store_database::opened {
  std::unique_ptr<store_database> database;  // none: `problem` says why
  database_problem problem;
};

}  // namespace planguild
