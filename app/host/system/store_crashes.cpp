// The store's crash reports: one row for each name, the newest limits::crashes_max. Read and written within a
// transaction. See store_database.hpp.
#include <nlohmann/json.hpp>
#include <utility>

#include "app/host/system/sqlite_statement.hpp"
#include "app/host/system/store_database.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace {

// Evidence with its stderr tail (JSON may need six bytes for one) and a posture of a dozen layers.
constexpr json_bounds report_bounds{8 * limits::stderr_tail_bytes + std::size_t{64} * 1'024, 8};

}  // namespace

std::optional<database_problem> store_database::read_crashes(store_contents& contents) {
  sqlite_statement rows;
  int code = rows.prepare(connection_, "SELECT report FROM crashes ORDER BY wall_ms DESC LIMIT ?1");
  rows.bind(1, static_cast<std::int64_t>(limits::crashes_max));
  while (code == SQLITE_OK && (code = rows.step()) == SQLITE_ROW) {
    code = SQLITE_OK;
    const auto json = parse_json(rows.text(0), report_bounds, failure_code::internal);
    if (!json) continue;  // of another version or damaged: as if there were none
    outcome<crash_report> report = from_json<crash_report>(*json);
    if (report) contents.crashes.push_back(std::move(*report));
  }
  if (code != SQLITE_DONE) return problem(code, "reading crashes");
  return std::nullopt;
}

/// Of two processes that share the store, the later crash stays.
std::optional<database_problem> store_database::write_crash(const crash_report& report) {
  sqlite_statement row;
  int code = row.prepare(connection_,
                         "INSERT INTO crashes(name, wall_ms, report) VALUES(?1, ?2, ?3) "
                         "ON CONFLICT(name) DO UPDATE SET wall_ms = excluded.wall_ms, report = excluded.report "
                         "WHERE excluded.wall_ms >= crashes.wall_ms");
  row.bind(1, report.name);
  row.bind(2, report.evidence.wall_ms);
  row.bind(3, dump_json(to_json(report)));
  if (code == SQLITE_OK) code = row.step();
  if (code != SQLITE_DONE) return problem(code, "writing a crash");
  return std::nullopt;
}

std::optional<database_problem> store_database::forget_old_crashes() {
  sqlite_statement oldest;
  int code = oldest.prepare(connection_,
                            "DELETE FROM crashes WHERE name IN (SELECT name FROM crashes ORDER BY wall_ms DESC "
                            "LIMIT -1 OFFSET ?1)");
  oldest.bind(1, static_cast<std::int64_t>(limits::crashes_max));
  if (code == SQLITE_OK) code = oldest.step();
  if (code != SQLITE_DONE) return problem(code, "forgetting old crashes");
  return std::nullopt;
}

}  // namespace planguild
