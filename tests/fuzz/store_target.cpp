// Fuzzes what a store is recalled from, through the real code that opens, reads and writes it, in a folder of its own
// below the temporary one.
//
// A file: what begins with "SQLite format 3" is the file planguild.db; behind 0xFF anything else is. Whatever it holds,
// the store answers once, and a file that is set aside is whole. Rows: else the bytes make rows of its tables, written
// past the store's own code as damage or another version would leave them (a table, then each column as its kind and
// value), then updates. They are recalled, and from then on every update is kept. One thread.
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/registry/reliability.hpp"
#include "app/host/system/sqlite_statement.hpp"
#include "app/host/system/store_database.hpp"
#include "app/host/system/store_files.hpp"
#include "app/host/system/store_queue.hpp"
#include "messages/json_fields.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"
#include "tests/fuzz/byte_source.hpp"
#include "tests/fuzz/store_messages.hpp"
#include "tests/fuzz/targets.hpp"

namespace planguild::fuzz {
namespace {

/// Generous: a loaded machine is no finding.
constexpr std::int64_t read_ms = 60'000;
constexpr std::size_t rows_max = 16;

/// A folder that is emptied for each input and goes with the process.
class state_folder {
 public:
  state_folder() {
    auto name = (std::filesystem::temp_directory_path() / "planguild-fuzz-XXXXXX").string();
    require(::mkdtemp(name.data()) != nullptr, "a folder for the store can be made");
    path_ = name;
  }
  state_folder(const state_folder&) = delete;
  state_folder& operator=(const state_folder&) = delete;
  ~state_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  void begin_with(std::string_view database) {
    for (const auto& entry : std::filesystem::directory_iterator(path_)) std::filesystem::remove_all(entry.path());
    std::ofstream(file(), std::ios::binary).write(database.data(), static_cast<std::streamsize>(database.size()));
  }
  std::string path() const { return path_.string(); }
  std::string file() const { return (path_ / "planguild.db").string(); }
  std::optional<std::filesystem::path> set_aside() const {
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      const auto name = entry.path().filename().string();
      if (name.starts_with("planguild.db.corrupt-") && !name.ends_with("-wal")) return entry.path();
    }
    return std::nullopt;
  }
  static std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  std::filesystem::path path_;
};

state_folder& folder() {
  static state_folder made;
  return made;
}

store_database::opened open_good() {
  auto opened = store_database::open(folder().file());
  require(opened.database != nullptr, "an undamaged database is opened");
  return opened;
}

/// The bytes of a store without rows.
const std::string& fresh_database() {
  static const std::string bytes = [] {
    folder().begin_with({});
    (void)open_good();
    return state_folder::bytes_of(folder().file());
  }();
  return bytes;
}

bool is_weight(double value) {
  return std::isfinite(value) && value >= 0;
}

/// Whatever was recalled of a planner's behaviour, the registry can go on from it.
void check_reliability(const stored_reliability& stored, double half_life_s, std::int64_t now_wall_ms) {
  reliability history(half_life_s, 0);
  for (int store = 0; store < 2; ++store) history.recall(stored, 1, now_wall_ms);
  for (const bool success : {true, false}) history.update(success, 5, "failed", 2);
  const auto score = history.score(3);
  require(score >= 0 && score <= 1, "a score is 0 to 1");
  const auto view = history.view(3);
  require(view.failures > 0 && view.failures <= view.invocations, "counters count on from what was recalled");
  require(is_weight(view.mean_duration_ms), "a mean duration is a duration");
  require(text::count_code_points(view.last_error) <= limits::last_error_code_points,
          "a last error is within its bound");
}

void check_evidence(const failure_evidence& evidence) {
  const auto written = parse_json(dump_json(to_json(evidence)), {std::size_t{1} << 30, 8}, failure_code::internal);
  require(written.value.has_value() && from_json<failure_evidence>(*written) == outcome<failure_evidence>(evidence),
          "recalled evidence that is written reads the same");
}

void check_verdict(const admission_verdict& verdict) {
  require(to_string(verdict.state) != std::string_view{}, "a recalled verdict has a known state");
  if (verdict.evidence) check_evidence(*verdict.evidence);
}

void check_contents(const store_contents& contents, byte_source& source) {
  const auto half_life_s = source.number();
  const auto now_wall_ms = source.integer();
  for (const auto& verdict : contents.verdicts) check_verdict(verdict);
  for (const auto& stored : contents.reliabilities) check_reliability(stored, half_life_s, now_wall_ms);
  for (const auto& report : contents.crashes) check_evidence(report.evidence);
  const auto& kept = contents.samples;
  for (const auto count : {kept.selections.size(), kept.instantiations.size(), kept.invocations.size()}) {
    require(count <= limits::stored_samples_max, "samples are recalled up to their bound");
  }
}

admission_verdict ordinary_verdict() {
  admission_verdict verdict;
  verdict.name = "ordinary";
  verdict.digest = std::string(64, 'a');
  verdict.state = admission_state::admitted;
  verdict.reason = "passed";
  return verdict;
}
reliability_increment ordinary_increment() {
  return {"ordinary", true, 5, "", 1'700'000'000'000, 900};
}

// -- a file -----------------------------------------------------------------------------------------------------------

/// What a host does with its store: opens it, recalls it, saves, stops. None: it cannot be used.
std::optional<outcome<store_contents>> use_store() {
  auto opened = open_or_replace(folder().path(), nullptr);
  if (!opened.database) {
    require(!opened.reason.empty(), "a store that cannot be used says why");
    return std::nullopt;
  }
  std::optional<outcome<store_contents>> answer;
  int answers = 0;
  store_queue queue(folder().path(), std::move(opened), nullptr);
  queue.load(std::make_shared<recall>([&](outcome<store_contents> contents) {
    ++answers;
    answer = std::move(contents);
  }));
  queue.save({{ordinary_verdict()}, {ordinary_increment()}, {}});
  queue.stop();
  queue.run();
  require(answers == 1, "a recall is answered once");
  return answer;
}

/// The header says which journal a file has, and counts changes; whoever opens it as a store sets them.
std::string without_journal_mode(std::string database) {
  constexpr std::array<std::pair<std::size_t, std::size_t>, 3> places = {{{18, 20}, {24, 28}, {92, 100}}};
  for (const auto& [begin, end] : places) {
    if (database.size() >= end) database.replace(begin, end - begin, end - begin, '\0');
  }
  return database;
}

bool check_file(std::string_view bytes) {
  folder().begin_with(bytes);
  {
    const auto opened = open_or_replace(folder().path(), nullptr);
    const auto aside = folder().set_aside();
    require(!aside || without_journal_mode(state_folder::bytes_of(*aside)) == without_journal_mode(std::string{bytes}),
            "a file that is set aside is whole");
    require(opened.database || aside || state_folder::bytes_of(folder().file()) == bytes,
            "a file that is not used is not touched");
  }
  const auto answer = use_store();
  if (!answer) return false;
  if (!*answer) {
    require_sound(*answer->error);
    return false;
  }
  byte_source nothing({});
  check_contents(**answer, nothing);
  (void)use_store();
  return true;
}

// -- rows -------------------------------------------------------------------------------------------------------------

/// Binds a value of any kind; the text of a column that wants one often is one.
void bind_any(sqlite_statement& row, int column, byte_source& source) {
  switch (source.below(6)) {
    case 0:
      return row.bind(column, source.integer());
    case 1:
      return row.bind(column, source.number());
    case 2:
      return row.bind_null(column);
    case 3:
      return row.bind(column, std::string_view{"admitted"});
    default:
      return row.bind(column, source.text());
  }
}

/// A table with so many columns, and how to write one row past the store's own code.
struct table {
  const char* insertion;
  int columns;
};
constexpr std::array<table, 4> tables = {{
    {"INSERT OR REPLACE INTO verdicts(name, by_operator, digest, state, self_test_passed, reason, evidence, "
     "conditions) "
     "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
     8},
    {"INSERT OR REPLACE INTO reliability(name, success_weight, failure_weight, saved_wall_ms, invocations, failures, "
     "total_duration_ms, last_error) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
     8},
    {"INSERT OR REPLACE INTO crashes(name, wall_ms, report) VALUES(?1, ?2, ?3)", 3},
    {"INSERT OR REPLACE INTO samples(kind, sample) VALUES(?1, ?2)", 2},
}};

/// Writes rows as they come; those that break the tables' own constraints are left out.
void write_rows_past_the_store(byte_source& source, sqlite3* connection) {
  (void)sqlite3_exec(connection, "BEGIN", nullptr, nullptr, nullptr);
  for (auto rows = source.below(rows_max); rows > 0; --rows) {
    const auto& chosen = tables.at(source.below(tables.size()));
    sqlite_statement row;
    require(row.prepare(connection, chosen.insertion) == SQLITE_OK, "the tables are as they are");
    for (int column = 1; column <= chosen.columns; ++column) bind_any(row, column, source);
    (void)row.step();
  }
  require(sqlite3_exec(connection, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK, "the rows are written");
}

bool has_crash_row(sqlite3* connection, const std::string& name) {
  sqlite_statement row;
  require(row.prepare(connection, "SELECT 1 FROM crashes WHERE name = ?1") == SQLITE_OK, "the tables are as they are");
  row.bind(1, std::string_view{name});
  return row.step() == SQLITE_ROW;
}

store_contents read_all(store_database& database) {
  store_contents contents;
  require(!database.read(contents, read_ms), "an undamaged database is read, whatever its rows hold");
  return contents;
}

const stored_reliability* find_of(const store_contents& contents, const std::string& name) {
  const auto found = std::find_if(contents.reliabilities.begin(), contents.reliabilities.end(),
                                  [&](const stored_reliability& row) { return row.name == name; });
  return found == contents.reliabilities.end() ? nullptr : &*found;
}

std::string as_json_has_it(const std::string& text) {
  return nlohmann::json::parse(dump_json(nlohmann::json(text)));
}

failure_evidence as_json_has_it(failure_evidence evidence) {
  evidence.message = as_json_has_it(evidence.message);
  evidence.stderr_tail = as_json_has_it(evidence.stderr_tail);
  return evidence;
}

void check_verdict_kept(const admission_verdict& verdict, const store_contents& contents) {
  auto expected = verdict;
  if (expected.evidence) expected.evidence = as_json_has_it(*expected.evidence);
  require(std::find(contents.verdicts.begin(), contents.verdicts.end(), expected) != contents.verdicts.end(),
          "a verdict that was saved is recalled");
}

/// There are fewer rows than are kept, so that its place in time does not matter; numbers that JSON has not are no
/// sample.
void check_sample_kept(const invocation_sample& sample, const store_contents& contents) {
  static_assert(rows_max < limits::stored_samples_max);
  if (!std::isfinite(sample.duration_s) || !std::isfinite(sample.ts)) return;
  const auto& kept = contents.samples.invocations;
  require(std::find(kept.begin(), kept.end(), sample) != kept.end(), "a sample that was saved is recalled");
}

void check_crash_kept(const crash_report& report, const store_contents& contents) {
  auto expected = report;
  expected.evidence = as_json_has_it(expected.evidence);
  require(std::find(contents.crashes.begin(), contents.crashes.end(), expected) != contents.crashes.end(),
          "a crash that was saved is recalled");
}

void check_increment_kept(const reliability_increment& increment, const store_contents& before,
                          const store_contents& after) {
  const auto* row = find_of(after, increment.name);
  require(row != nullptr, "an outcome that was saved is recalled");
  require(is_weight(row->success_weight) && is_weight(row->failure_weight), "weights that were written are weights");
  require((increment.success ? row->success_weight : row->failure_weight) >= 1, "an outcome counts in full");
  require(std::isfinite(row->total_duration_ms), "durations that were written are durations");
  const auto* former = find_of(before, increment.name);
  const auto known = former == nullptr ? 0 : former->invocations;
  require(row->invocations > known || known == std::numeric_limits<std::int64_t>::max(), "an outcome is counted");
}

bool check_rows(std::string_view bytes) {
  byte_source source(bytes);
  folder().begin_with(fresh_database());
  sqlite3* connection = nullptr;
  require(sqlite3_open(folder().file().c_str(), &connection) == SQLITE_OK, "the database can be opened");
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)> closing(connection, &sqlite3_close_v2);
  write_rows_past_the_store(source, connection);
  const auto opened = open_good();
  const auto before = read_all(*opened.database);
  check_contents(before, source);
  const auto verdict = verdict_from(source);
  const auto increment = increment_from(source);
  const auto crash = crash_from(source);
  const bool crashed_before = has_crash_row(connection, crash.name);
  const auto sample = sample_from(source);
  store_update update{{verdict}, {increment}, {crash}, {}};
  update.samples.invocations = {sample};
  require(!opened.database->write({std::move(update), {{ordinary_verdict()}, {ordinary_increment()}, {}, {}}}),
          "no row that is there keeps others from being written");
  const auto after = read_all(*opened.database);
  check_verdict_kept(ordinary_verdict(), after);
  if (verdict.name != ordinary_verdict().name) check_verdict_kept(verdict, after);
  if (increment.name != ordinary_increment().name) check_increment_kept(increment, before, after);
  // A later one that is there stays, whatever made it.
  if (!crashed_before) check_crash_kept(crash, after);
  check_sample_kept(sample, after);
  check_contents(after, source);
  return before.samples != samples{} || !before.verdicts.empty() || !before.reliabilities.empty() ||
         !before.crashes.empty();
}

}  // namespace

bool fuzz_store(std::string_view bytes) {
  if (bytes.starts_with("SQLite format 3")) return check_file(bytes);
  if (bytes.starts_with('\xff')) return check_file(bytes.substr(1));
  return check_rows(bytes);
}

}  // namespace planguild::fuzz
