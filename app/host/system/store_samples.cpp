// The store's samples: the newest limits::stored_samples_max of each kind, of all processes that share the file. Read
// and written within a transaction. See store_database.hpp.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "app/host/system/sqlite_statement.hpp"
#include "app/host/system/store_database.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace {

// A selection that required a thousand capabilities is longer: such a sample is not kept.
constexpr json_bounds sample_bounds{std::size_t{64} * 1'024, 8};

/// The newest samples of `kind` that can be read, oldest first; an SQLite result code.
template <class Sample>
int read_kind(sqlite3* connection, sample_kind kind, std::vector<Sample>& into) {
  sqlite_statement rows;
  int code = rows.prepare(connection, "SELECT sample FROM samples WHERE kind = ?1 ORDER BY sequence DESC LIMIT ?2");
  rows.bind(1, to_string(kind));
  rows.bind(2, static_cast<std::int64_t>(limits::stored_samples_max));
  while (code == SQLITE_OK && (code = rows.step()) == SQLITE_ROW) {
    code = SQLITE_OK;
    const auto json = parse_json(rows.text(0), sample_bounds, failure_code::internal);
    if (!json) continue;  // of another version or damaged: as if there were none
    outcome<Sample> sample = from_json<Sample>(*json);
    if (sample) into.push_back(std::move(*sample));
  }
  std::reverse(into.begin(), into.end());
  return code;
}

template <class Sample>
int write_kind(sqlite3* connection, sample_kind kind, const std::vector<Sample>& samples) {
  if (samples.empty()) return SQLITE_DONE;
  sqlite_statement row;
  int code = SQLITE_DONE;
  for (const auto& sample : samples) {
    const std::string text = dump_json(to_json(sample));
    if (text.size() > sample_bounds.bytes_max) continue;
    code = row.prepare(connection, "INSERT INTO samples(kind, sample) VALUES(?1, ?2)");
    row.bind(1, to_string(kind));
    row.bind(2, text);
    if (code == SQLITE_OK) code = row.step();
    if (code != SQLITE_DONE) return code;
  }
  sqlite_statement oldest;
  code = oldest.prepare(connection,
                        "DELETE FROM samples WHERE sequence IN (SELECT sequence FROM samples WHERE kind = ?1 "
                        "ORDER BY sequence DESC LIMIT -1 OFFSET ?2)");
  oldest.bind(1, to_string(kind));
  oldest.bind(2, static_cast<std::int64_t>(limits::stored_samples_max));
  return code == SQLITE_OK ? oldest.step() : code;
}

}  // namespace

std::optional<database_problem> store_database::read_samples(store_contents& contents) {
  int code = read_kind(connection_, sample_kind::selection, contents.samples.selections);
  if (code == SQLITE_DONE) code = read_kind(connection_, sample_kind::instantiation, contents.samples.instantiations);
  if (code == SQLITE_DONE) code = read_kind(connection_, sample_kind::invocation, contents.samples.invocations);
  if (code != SQLITE_DONE) return problem(code, "reading samples");
  return std::nullopt;
}

std::optional<database_problem> store_database::write_samples(const samples& batch) {
  int code = write_kind(connection_, sample_kind::selection, batch.selections);
  if (code == SQLITE_DONE) code = write_kind(connection_, sample_kind::instantiation, batch.instantiations);
  if (code == SQLITE_DONE) code = write_kind(connection_, sample_kind::invocation, batch.invocations);
  if (code != SQLITE_DONE) return problem(code, "writing samples");
  return std::nullopt;
}

}  // namespace planguild
