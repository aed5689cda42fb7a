// The SQLite file behind the store: opening, schema, transactions. Rows are in store_rows.cpp. See the header.
#include "app/host/system/store_database.hpp"

#include <array>
#include <chrono>
#include <span>
#include <utility>

#include "app/host/system/sqlite_statement.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace {

using kind_of = database_problem::kind_of;

constexpr std::int64_t schema_version = 2;
constexpr std::int64_t application = 0x706c6764;  // "plgd": tells our files from other programs' databases

// A verdict's `sequence` grows with every write, so it tells the newest without a clock. Evidence is JSON.
constexpr const char* first_schema = R"(
CREATE TABLE verdicts(
  sequence INTEGER PRIMARY KEY,
  name TEXT NOT NULL, by_operator INTEGER NOT NULL, digest TEXT NOT NULL,
  state TEXT NOT NULL, self_test_passed INTEGER, reason TEXT NOT NULL, evidence TEXT,
  UNIQUE(name, by_operator, digest));
CREATE TABLE reliability(
  name TEXT PRIMARY KEY,
  success_weight REAL NOT NULL, failure_weight REAL NOT NULL, saved_wall_ms INTEGER NOT NULL,
  invocations INTEGER NOT NULL, failures INTEGER NOT NULL, total_duration_ms REAL NOT NULL,
  last_error TEXT NOT NULL) WITHOUT ROWID;
PRAGMA application_id = 1886152548;
PRAGMA user_version = 1;
)";
// Every table with every column: what cannot be compiled is not there.
constexpr std::array first_columns = {
    "SELECT sequence, name, by_operator, digest, state, self_test_passed, reason, evidence FROM verdicts",
    "SELECT name, success_weight, failure_weight, saved_wall_ms, invocations, failures, total_duration_ms, last_error "
    "FROM reliability"};
static_assert(application == 1886152548);

// From version 1 to 2. A verdict of version 1 was found without a sandbox: its conditions are empty. A crash is JSON.
constexpr const char* second_step = R"(
ALTER TABLE verdicts ADD COLUMN conditions TEXT NOT NULL DEFAULT '';
CREATE TABLE crashes(name TEXT PRIMARY KEY, wall_ms INTEGER NOT NULL, report TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 2;
)";
constexpr std::array second_columns = {"SELECT conditions FROM verdicts", "SELECT name, wall_ms, report FROM crashes"};
static_assert(schema_version == 2);

// Added within version 2: who does not know the table leaves it alone, so the version did not have to lock anybody out.
// The newest samples of each kind, as JSON; `sequence` grows, so it tells the newest without a clock.
constexpr const char* samples_step =
    "CREATE TABLE IF NOT EXISTS samples(sequence INTEGER PRIMARY KEY, kind TEXT NOT NULL, sample TEXT NOT NULL);";
constexpr std::array samples_columns = {"SELECT sequence, kind, sample FROM samples"};

kind_of kind_of_code(int code) {
  // Another process took a journal away while this one was about to: as if it had held the file.
  if (code == SQLITE_IOERR_DELETE_NOENT) return kind_of::busy;
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
      return kind_of::busy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return kind_of::corrupt;
    case SQLITE_TOOBIG:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return kind_of::refused;
    default:
      return kind_of::unusable;
  }
}

std::chrono::steady_clock::time_point now() {
  return std::chrono::steady_clock::now();
}

/// SQLite calls this every so many steps of a statement; non-zero interrupts it.
int is_over(void* deadline) {
  return now() > *static_cast<std::chrono::steady_clock::time_point*>(deadline) ? 1 : 0;
}

}  // namespace

store_database::~store_database() {
  sqlite3_close_v2(connection_);
}

store_database::opened store_database::open(const std::string& path) {
  sqlite3* connection = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &connection, flags, nullptr);
  std::unique_ptr<store_database> database(new store_database(connection));  // NOLINT: the constructor is private
  if (code != SQLITE_OK) return {nullptr, database->problem(code, "opening")};
  sqlite3_busy_timeout(connection, static_cast<int>(limits::store_recall_ms));
  if (sqlite3_db_readonly(connection, "main") == 1) {
    return {nullptr, {kind_of::unusable, "the file is read-only"}};
  }
  if (auto failed = database->prepare_schema()) return {nullptr, std::move(*failed)};
  return {std::move(database), {}};
}

std::optional<database_problem> store_database::prepare_schema() {
  std::int64_t version = 0;
  std::int64_t owner = 0;
  std::int64_t tables = 0;
  std::int64_t samples_tables = 0;
  // Looks before it touches: a foreign or newer file stays as it is. In one transaction: another process may just now
  // be making the tables.
  if (auto failed = execute("BEGIN")) return failed;
  std::optional<database_problem> unreadable = integer_of("PRAGMA user_version", version);
  if (!unreadable) unreadable = integer_of("PRAGMA application_id", owner);
  if (!unreadable) unreadable = integer_of("SELECT count(*) FROM sqlite_master", tables);
  if (!unreadable) unreadable = integer_of("SELECT count(*) FROM sqlite_master WHERE name = 'samples'", samples_tables);
  (void)execute("ROLLBACK");
  if (unreadable) return unreadable;
  if (version > schema_version && owner == application) {
    return database_problem{kind_of::unusable, "the file was written by a newer version of planguild"};
  }
  if (owner != application && (tables != 0 || version != 0)) {
    return database_problem{kind_of::unusable, "the file is another program's database"};
  }
  // Readers and the writer do not wait for each other; where shared memory is missing, the mode stays as it was.
  // The mode is the file's: busy means that another process is setting it at this moment, and SQLite does not wait
  // here.
  if (auto failed = execute("PRAGMA journal_mode = WAL"); failed && failed->kind != kind_of::busy) return failed;
  // A crash of the machine may lose the last moments, but never damages the file.
  if (auto failed = execute("PRAGMA synchronous = NORMAL")) return failed;
  // All that is there is looked at before anything is made: what is set aside stays whole.
  if (tables != 0) {
    if (auto failed = check_columns(first_columns)) return failed;
  }
  if (tables != 0 && version >= 2) {
    if (auto failed = check_columns(second_columns)) return failed;
  }
  if (samples_tables != 0) {
    if (auto failed = check_columns(samples_columns)) return failed;
  }
  if (version != schema_version || samples_tables == 0) {
    if (auto failed = make_schema()) return failed;
  }
  if (auto failed = check_columns(second_columns)) return failed;
  return check_columns(samples_columns);
}

/// A file with our mark and without our tables will never be of use: as good as corrupt.
std::optional<database_problem> store_database::check_columns(std::span<const char* const> queries) {
  for (const char* columns : queries) {
    sqlite_statement statement;
    const int code = statement.prepare(connection_, columns);
    if (code == SQLITE_OK) continue;
    auto failed = problem(code, columns);
    // What SQLite says of a table or column that is not there, and of nothing else here.
    if ((code & 0xff) == SQLITE_ERROR) failed.kind = kind_of::corrupt;
    return failed;
  }
  return std::nullopt;
}

std::optional<database_problem> store_database::make_schema() {
  if (auto failed = execute("BEGIN IMMEDIATE")) return failed;
  std::int64_t tables = 0;
  std::int64_t version = 0;
  std::optional<database_problem> failed = integer_of("SELECT count(*) FROM sqlite_master", tables);
  if (!failed && tables == 0) failed = execute(first_schema);
  if (!failed) failed = integer_of("PRAGMA user_version", version);
  if (!failed && version < 2) failed = execute(second_step);  // else another process was faster
  if (!failed) failed = execute(samples_step);
  if (!failed) failed = execute("COMMIT");
  if (failed) (void)execute("ROLLBACK");
  return failed;
}

std::optional<database_problem> store_database::read(store_contents& contents, std::int64_t within_ms) {
  auto deadline = now() + std::chrono::milliseconds(within_ms);
  sqlite3_progress_handler(connection_, 1'000, &is_over, &deadline);
  std::optional<database_problem> failed = execute("BEGIN");
  if (!failed) failed = read_verdicts(contents);
  if (!failed) failed = read_reliabilities(contents);
  if (!failed) failed = read_crashes(contents);
  if (!failed) failed = read_samples(contents);
  sqlite3_progress_handler(connection_, 0, nullptr, nullptr);
  if (sqlite3_get_autocommit(connection_) == 0) (void)execute("ROLLBACK");
  return failed;
}

std::optional<database_problem> store_database::write(const std::vector<store_update>& updates) {
  if (auto failed = execute("BEGIN IMMEDIATE")) return failed;
  std::optional<database_problem> failed = write_rows(updates);
  if (!failed) failed = execute("COMMIT");
  if (failed && sqlite3_get_autocommit(connection_) == 0) (void)execute("ROLLBACK");
  return failed;
}

std::optional<database_problem> store_database::execute(const char* sql) {
  const int code = sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return std::nullopt;
  return problem(code, sql);
}

std::optional<database_problem> store_database::integer_of(const char* sql, std::int64_t& value) {
  sqlite_statement statement;
  int code = statement.prepare(connection_, sql);
  if (code == SQLITE_OK) code = statement.step();
  if (code != SQLITE_ROW) return problem(code, sql);
  value = statement.integer(0);
  return std::nullopt;
}

database_problem store_database::problem(int code, const char* what) const {
  const std::string first_words = std::string(what).substr(0, 32);
  const char* reason = connection_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(connection_);
  return {kind_of_code(code), std::string(reason) + " (code " + std::to_string(code) + ", " + first_words + ")"};
}

}  // namespace planguild
