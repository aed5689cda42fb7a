// Store files that open and are of no use: ours by their marks with other tables, and counters at their end.
#include <sqlite3.h>

#include <filesystem>
#include <limits>

#include "app/host/system/store_database.hpp"
#include "tests/app/host/system/store_test_support.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

void run_sql(const std::string& path, const char* sql) {
  sqlite3* connection = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &connection) == SQLITE_OK);
  INFO(sql);
  CHECK(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(connection);
}

std::size_t files_set_aside(const std::string& directory) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const auto name = entry.path().filename().string();
    count += name.starts_with("planguild.db.corrupt-") && !name.ends_with("-wal") ? 1U : 0U;
  }
  return count;
}

store_update one_success(const std::string& name) {
  store_update update;
  update.increments.push_back({name, true, 5, "", 1'000, 900});
  return update;
}

}  // namespace

TEST_CASE("A file with our marks and without our tables is set aside, said, and a new one begun") {
  const state_folder folder;
  const std::string path = folder.path() + "/planguild.db";
  { (void)opened(folder.path()); }
  SECTION("other tables") {
    run_sql(path, "DROP TABLE verdicts; DROP TABLE reliability; CREATE TABLE theirs(x)");
  }
  SECTION("one table is missing") {
    run_sql(path, "DROP TABLE reliability");
  }
  SECTION("a column is missing") {
    run_sql(path, "ALTER TABLE verdicts RENAME COLUMN evidence TO proof");
  }
  SECTION("no version, and other tables") {
    run_sql(path, "DROP TABLE verdicts; ALTER TABLE reliability RENAME TO theirs; PRAGMA user_version = 0");
  }
  SECTION("no tables at all") {
    run_sql(path, "DROP TABLE verdicts; DROP TABLE reliability");
  }
  const auto log = std::make_shared<collecting_log>();
  {
    const auto store = opened(folder.path(), log);
    CHECK(store->memory_only().empty());
    store->save(one_success("alpha"));
    CHECK(committed(*store));
  }
  CHECK(files_set_aside(folder.path()) == 1);
  CHECK(log->mentions("set aside"));
  const auto known = recalled(*opened(folder.path(), log));
  REQUIRE(known.reliabilities.size() == 1);
  CHECK(known.reliabilities[0].invocations == 1);
  CHECK(files_set_aside(folder.path()) == 1);
}

TEST_CASE("Stored counters that are at their end stay there") {
  constexpr auto greatest = std::numeric_limits<std::int64_t>::max();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto update = one_success("alpha");
  auto failed = update.increments[0];
  failed.success = false;
  failed.duration_ms = std::numeric_limits<double>::max();
  const auto after = merged({"alpha", infinity, infinity, 1'000, greatest, greatest, failed.duration_ms, ""}, failed);
  CHECK(after.invocations == greatest);
  CHECK(after.failures == greatest);
  CHECK(std::isfinite(after.total_duration_ms));
  CHECK(std::isfinite(after.success_weight));
  CHECK(std::isfinite(after.failure_weight));

  const state_folder folder;
  { opened(folder.path())->save(update); }
  run_sql(folder.path() + "/planguild.db",
          "UPDATE reliability SET invocations = 9223372036854775807, failures = 9223372036854775807, "
          "success_weight = 9e999, total_duration_ms = 9e999");
  const auto store = opened(folder.path());
  store->save(update);
  store->save({{}, {failed}, {}});
  CHECK(committed(*store));
  const auto known = recalled(*store);
  REQUIRE(known.reliabilities.size() == 1);
  CHECK(known.reliabilities[0].invocations == greatest);
  CHECK(known.reliabilities[0].failures == greatest);
  CHECK(std::isfinite(known.reliabilities[0].success_weight));
  CHECK(std::isfinite(known.reliabilities[0].total_duration_ms));
}
