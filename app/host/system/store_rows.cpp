// The rows of the store: verdicts and reliabilities, read and written within a transaction. See store_database.hpp.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/host/system/sqlite_statement.hpp"
#include "app/host/system/store_database.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

constexpr std::int64_t digests_per_planner = 8;  // verdicts kept of one planner's former bytes

// Evidence is a message with a stderr tail; JSON may need six bytes for one.
constexpr json_bounds evidence_bounds{8 * limits::stderr_tail_bytes, 8};

std::string evidence_text(const failure_evidence& evidence) {
  return dump_json(to_json(evidence));
}

/// None where the text is not ours: a verdict without its evidence is still a verdict.
std::optional<failure_evidence> evidence_from(const std::string& text) {
  const auto parsed = parse_json(text, evidence_bounds, failure_code::internal);
  if (!parsed) return std::nullopt;
  outcome<failure_evidence> evidence = from_json<failure_evidence>(*parsed);
  return std::move(evidence.value);
}

double finite(double value) {
  return std::isfinite(value) ? value : 0.0;
}

/// A damaged file may hold any number; the greatest one stays.
double saturated(double sum) {
  return std::isnan(sum) ? 0.0 : std::clamp(sum, 0.0, std::numeric_limits<double>::max());
}

std::int64_t one_more(std::int64_t count) {
  return count < std::numeric_limits<std::int64_t>::max() ? count + 1 : count;
}

}  // namespace

stored_reliability merged(stored_reliability before, const reliability_increment& increment) {
  // In double: a damaged file may hold any integer.
  const double elapsed_ms =
      std::max(0.0, static_cast<double>(increment.wall_ms) - static_cast<double>(before.saved_wall_ms));
  if (increment.half_life_s > 0) {
    const double kept = std::exp2(-elapsed_ms / 1'000.0 / increment.half_life_s);
    before.success_weight *= kept;
    before.failure_weight *= kept;
  }
  before.success_weight = saturated(before.success_weight);
  before.failure_weight = saturated(before.failure_weight);
  before.name = increment.name;
  before.saved_wall_ms = std::max(before.saved_wall_ms, increment.wall_ms);
  before.invocations = one_more(before.invocations);
  before.total_duration_ms = saturated(before.total_duration_ms + finite(increment.duration_ms));
  if (increment.success) {
    before.success_weight += 1;
  } else {
    before.failure_weight += 1;
    before.failures = one_more(before.failures);
    before.last_error = text::cut_code_points(text::valid_utf8(increment.error), limits::last_error_code_points);
  }
  return before;
}

std::optional<database_problem> store_database::read_verdicts(store_contents& contents) {
  sqlite_statement rows;
  int code =
      rows.prepare(connection_,
                   "SELECT name, by_operator, digest, state, self_test_passed, reason, evidence, conditions FROM "
                   "verdicts "
                   "ORDER BY by_operator DESC, sequence DESC LIMIT ?1");
  rows.bind(1, static_cast<std::int64_t>(limits::planners_max));
  while (code == SQLITE_OK && (code = rows.step()) == SQLITE_ROW) {
    code = SQLITE_OK;
    admission_verdict verdict;
    verdict.name = rows.text(0);
    verdict.by_operator = rows.integer(1) != 0;
    verdict.digest = rows.text(2);
    if (!from_string(rows.text(3), verdict.state)) continue;  // of another version: as if there were none
    if (!rows.is_null(4)) verdict.self_test_passed = rows.integer(4) != 0;
    verdict.reason = rows.text(5);
    if (!rows.is_null(6)) verdict.evidence = evidence_from(rows.text(6));
    verdict.conditions = rows.text(7);
    contents.verdicts.push_back(std::move(verdict));
  }
  if (code != SQLITE_DONE) return problem(code, "reading verdicts");
  std::reverse(contents.verdicts.begin(), contents.verdicts.end());  // the newest were chosen; the oldest come first
  return std::nullopt;
}

std::optional<database_problem> store_database::read_reliabilities(store_contents& contents) {
  sqlite_statement rows;
  int code = rows.prepare(connection_,
                          "SELECT name, success_weight, failure_weight, saved_wall_ms, invocations, failures, "
                          "total_duration_ms, last_error FROM reliability LIMIT ?1");
  rows.bind(1, static_cast<std::int64_t>(limits::planners_max));
  while (code == SQLITE_OK && (code = rows.step()) == SQLITE_ROW) {
    code = SQLITE_OK;
    contents.reliabilities.push_back({rows.text(0), rows.number(1), rows.number(2), rows.integer(3), rows.integer(4),
                                      rows.integer(5), rows.number(6), rows.text(7)});
  }
  if (code != SQLITE_DONE) return problem(code, "reading reliability");
  return std::nullopt;
}

/// What is over the bound that reading has: the oldest of each table. Once for each connection, since it counts all
/// rows.
std::optional<database_problem> store_database::forget_surplus() {
  if (std::exchange(surplus_forgotten_, true)) return std::nullopt;
  for (const char* sql :
       {"DELETE FROM verdicts WHERE sequence IN (SELECT sequence FROM verdicts ORDER BY by_operator DESC, sequence "
        "DESC "
        "LIMIT -1 OFFSET ?1)",
        "DELETE FROM reliability WHERE name IN (SELECT name FROM reliability ORDER BY saved_wall_ms DESC "
        "LIMIT -1 OFFSET ?1)"}) {
    sqlite_statement surplus;
    int code = surplus.prepare(connection_, sql);
    surplus.bind(1, static_cast<std::int64_t>(limits::planners_max));
    if (code == SQLITE_OK) code = surplus.step();
    if (code != SQLITE_DONE) return problem(code, "forgetting what is over the bound");
  }
  return std::nullopt;
}

std::optional<database_problem> store_database::write_rows(const std::vector<store_update>& updates) {
  // Each planner's row is read once and written once, however many increments there are. Within the transaction nobody
  // else writes, so what other processes added is in what is read.
  std::map<std::string, stored_reliability> rows;
  if (auto failed = forget_surplus()) return failed;
  bool crashed = false;
  for (const store_update& update : updates) {
    for (const admission_verdict& verdict : update.verdicts) {
      if (auto failed = write_verdict(verdict)) return failed;
    }
    for (const reliability_increment& increment : update.increments) {
      const auto [row, is_new] = rows.try_emplace(increment.name);
      if (is_new) {
        if (auto failed = read_one(increment.name, row->second)) return failed;
      }
      row->second = merged(std::move(row->second), increment);
    }
    for (const crash_report& report : update.crashes) {
      if (auto failed = write_crash(report)) return failed;
      crashed = true;
    }
    if (auto failed = write_samples(update.samples)) return failed;
  }
  for (const auto& [name, row] : rows) {
    if (auto failed = write_one(row)) return failed;
  }
  return crashed ? forget_old_crashes() : std::nullopt;
}

std::optional<database_problem> store_database::write_verdict(const admission_verdict& verdict) {
  if (verdict.by_operator) {  // one decision for each planner, whatever its bytes
    sqlite_statement former;
    int code = former.prepare(connection_, "DELETE FROM verdicts WHERE name = ?1 AND by_operator = 1");
    former.bind(1, verdict.name);
    if (code == SQLITE_OK) code = former.step();
    if (code != SQLITE_DONE) return problem(code, "replacing a decision");
  }
  sqlite_statement& row = insert_verdict_;
  int code = row.prepare(connection_,
                         "INSERT OR REPLACE INTO verdicts"
                         "(name, by_operator, digest, state, self_test_passed, reason, evidence, conditions) "
                         "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  row.bind(1, verdict.name);
  row.bind(2, verdict.by_operator);
  row.bind(3, verdict.digest);
  row.bind(4, to_string(verdict.state));
  if (verdict.self_test_passed) row.bind(5, *verdict.self_test_passed);
  row.bind(6, verdict.reason);
  if (verdict.evidence) row.bind(7, evidence_text(*verdict.evidence));
  row.bind(8, verdict.conditions);
  if (code == SQLITE_OK) code = row.step();
  if (code != SQLITE_DONE) return problem(code, "writing a verdict");
  sqlite_statement& oldest = forget_verdicts_;
  code = oldest.prepare(connection_,
                        "DELETE FROM verdicts WHERE name = ?1 AND by_operator = 0 AND sequence NOT IN "
                        "(SELECT sequence FROM verdicts WHERE name = ?1 AND by_operator = 0 "
                        "ORDER BY sequence DESC LIMIT ?2)");
  oldest.bind(1, verdict.name);
  oldest.bind(2, digests_per_planner);
  if (code == SQLITE_OK) code = oldest.step();
  if (code != SQLITE_DONE) return problem(code, "forgetting old verdicts");
  return std::nullopt;
}

std::optional<database_problem> store_database::read_one(const std::string& name, stored_reliability& row) {
  sqlite_statement found;
  int code = found.prepare(connection_,
                           "SELECT success_weight, failure_weight, saved_wall_ms, invocations, failures, "
                           "total_duration_ms, last_error FROM reliability WHERE name = ?1");
  found.bind(1, name);
  row.name = name;
  if (code == SQLITE_OK) code = found.step();
  if (code == SQLITE_DONE) return std::nullopt;
  if (code != SQLITE_ROW) return problem(code, "reading reliability");
  row.success_weight = found.number(0);
  row.failure_weight = found.number(1);
  row.saved_wall_ms = found.integer(2);
  row.invocations = found.integer(3);
  row.failures = found.integer(4);
  row.total_duration_ms = found.number(5);
  row.last_error = found.text(6);
  return std::nullopt;
}

std::optional<database_problem> store_database::write_one(const stored_reliability& row) {
  sqlite_statement written;
  int code =
      written.prepare(connection_,
                      "INSERT OR REPLACE INTO reliability(name, success_weight, failure_weight, saved_wall_ms, "
                      "invocations, failures, total_duration_ms, last_error) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  written.bind(1, row.name);
  written.bind(2, row.success_weight);
  written.bind(3, row.failure_weight);
  written.bind(4, row.saved_wall_ms);
  written.bind(5, row.invocations);
  written.bind(6, row.failures);
  written.bind(7, row.total_duration_ms);
  written.bind(8, row.last_error);
  if (code == SQLITE_OK) code = written.step();
  if (code != SQLITE_DONE) return problem(code, "writing reliability");
  return std::nullopt;
}

}  // namespace planguild
