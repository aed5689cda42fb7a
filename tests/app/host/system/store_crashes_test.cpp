// Crashes and conditions in the store, and stores of the version before them.
#include <sqlite3.h>

#include <filesystem>

#include "tests/app/host/system/store_test_support.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

crash_report report(const std::string& name, std::int64_t wall_ms, int code = 3) {
  crash_report result;
  result.name = name;
  result.digest = "d1";
  result.posture = {{{"landlock", layer_state::unavailable, "ENOSYS"}}, {"no-network"}, {"no-secrets"}};
  result.evidence.stage = planner_stage::plan;
  result.evidence.code = failure_code::planner_crashed;
  result.evidence.exit_code = code;
  result.evidence.ending = process_ending::exited;
  result.evidence.resources = {1, 2, 3};
  result.evidence.stderr_tail = "tail\n\xc3\xa9";
  result.evidence.wall_ms = wall_ms;
  return result;
}

admission_verdict verdict(const std::string& name, const std::string& conditions) {
  admission_verdict result;
  result.name = name;
  result.digest = "d1";
  result.state = admission_state::admitted;
  result.reason = "because";
  result.conditions = conditions;
  return result;
}

void save(const std::string& folder, store_update update) {
  const auto store = opened(folder);
  store->save(std::move(update));
  REQUIRE(committed(*store));
}

void execute(const std::string& file, const char* sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  char* problem = nullptr;
  const int code = sqlite3_exec(database, sql, nullptr, nullptr, &problem);
  INFO((problem == nullptr ? "" : problem));
  CHECK(code == SQLITE_OK);
  sqlite3_free(problem);
  sqlite3_close(database);
}

// What the program wrote before there were crashes and conditions.
constexpr const char* first_version = R"(
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
INSERT INTO verdicts(name, by_operator, digest, state, self_test_passed, reason, evidence)
  VALUES('alpha', 0, 'd1', 'quarantined', 0, 'it exited',
         '{"stage":"load","code":"load_failed","message":"it exited","exit_code":3,"signal":null,"stderr_tail":""}');
INSERT INTO verdicts(name, by_operator, digest, state, self_test_passed, reason, evidence)
  VALUES('beta', 1, '', 'admitted', NULL, 'said so', NULL);
INSERT INTO reliability VALUES('alpha', 1, 2, 3, 4, 5, 6, 'it broke');
)";

}  // namespace

TEST_CASE("A crash and a verdict's conditions are recalled by the next process as they were") {
  const state_folder folder;
  save(folder.path(), {{verdict("alpha", "require,network=443")}, {}, {report("alpha", 10)}});
  const auto known = recalled(*opened(folder.path()));
  REQUIRE(known.crashes.size() == 1);
  CHECK(known.crashes.front() == report("alpha", 10));
  REQUIRE(known.verdicts.size() == 1);
  CHECK(known.verdicts.front().conditions == "require,network=443");
}

TEST_CASE("Of each name the later crash is kept, whoever wrote it") {
  const state_folder folder;
  save(folder.path(), {{}, {}, {report("alpha", 20, 2), report("beta", 5)}});
  save(folder.path(), {{}, {}, {report("alpha", 10, 1)}});
  save(folder.path(), {{}, {}, {report("beta", 30, 9)}});
  const auto known = recalled(*opened(folder.path())).crashes;
  REQUIRE(known.size() == 2);
  CHECK(known[0] == report("beta", 30, 9));
  CHECK(known[1] == report("alpha", 20, 2));
}

TEST_CASE("Over the bound the oldest crashes are forgotten") {
  const state_folder folder;
  store_update update;
  for (std::size_t count = 0; count < limits::crashes_max + 5; ++count) {
    update.crashes.push_back(report("planner" + std::to_string(count), static_cast<std::int64_t>(count)));
  }
  save(folder.path(), update);
  const auto known = written(folder.path()).crashes;
  CHECK(known.size() == limits::crashes_max);
  CHECK(known.back().name == "planner5");
}

TEST_CASE("A store of the first version is read, and takes what is new") {
  const state_folder folder;
  std::filesystem::create_directories(folder.path());
  execute(folder.path() + "/planguild.db", first_version);
  {
    const auto store = opened(folder.path());
    CHECK(store->memory_only().empty());
    const auto known = recalled(*store);
    REQUIRE(known.verdicts.size() == 2);
    CHECK(known.verdicts[1].name == "beta");
    CHECK(known.verdicts[1].by_operator);
    CHECK(known.verdicts[0].state == admission_state::quarantined);
    CHECK(known.verdicts[0].conditions.empty());
    REQUIRE(known.verdicts[0].evidence);
    CHECK(known.verdicts[0].evidence->exit_code == 3);
    REQUIRE(known.reliabilities.size() == 1);
    CHECK(known.reliabilities.front().last_error == "it broke");
    CHECK(known.crashes.empty());
  }
  save(folder.path(), {{verdict("alpha", "require")}, {}, {report("alpha", 10)}});
  const auto known = recalled(*opened(folder.path()));
  CHECK(known.crashes.size() == 1);
  CHECK(known.reliabilities.size() == 1);
  REQUIRE(known.verdicts.size() == 2);
  CHECK(known.verdicts[0].conditions == "require");
  execute(folder.path() + "/planguild.db", "SELECT conditions FROM verdicts; SELECT report FROM crashes");
}

TEST_CASE("A crash that cannot be read is as if there were none") {
  const state_folder folder;
  save(folder.path(), {{}, {}, {report("alpha", 10), report("beta", 20)}});
  execute(folder.path() + "/planguild.db", "UPDATE crashes SET report = '{\"name\":' WHERE name = 'beta'");
  const auto known = recalled(*opened(folder.path())).crashes;
  REQUIRE(known.size() == 1);
  CHECK(known.front().name == "alpha");
}
