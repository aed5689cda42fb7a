// Samples in the store: recalled as they were, bounded, shared by processes, and never the end of a store.
#include <sqlite3.h>

#include <cmath>
#include <limits>

#include "tests/app/host/system/store_test_support.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

samples starts(int first, int count) {
  samples batch;
  for (int index = first; index < first + count; ++index) {
    batch.instantiations.push_back({"planner_" + std::to_string(index), 0.5, 1.0 * index});
  }
  return batch;
}

samples one_of_each() {
  samples batch = starts(1, 1);
  batch.selections.push_back({17, {"risk", "r\xc3\xa9view"}, "alpha", 0.91, 4, true, 9, {}, {}, 12e-6, 7.25});
  batch.invocations.push_back({"alpha", 0.25, "planner_crashed", 8.5});
  return batch;
}

void save(durable_store& store, samples batch) {
  store_update update;
  update.samples = std::move(batch);
  store.save(std::move(update));
  REQUIRE(committed(store));
}

}  // namespace

TEST_CASE("Samples of each kind are recalled by the next process as they were") {
  const state_folder folder;
  save(*opened(folder.path()), one_of_each());
  CHECK(recalled(*opened(folder.path())).samples == one_of_each());
}

TEST_CASE("Over the bound the oldest samples of a kind are forgotten, whoever wrote them") {
  const state_folder folder;
  constexpr auto most = static_cast<int>(limits::stored_samples_max);
  const auto first = opened(folder.path());
  const auto second = opened(folder.path());
  save(*first, one_of_each());
  save(*first, starts(100, most - 2));
  save(*second, starts(50, 3));
  const auto known = recalled(*opened(folder.path())).samples;
  CHECK(known.selections.size() == 1);
  CHECK(known.invocations.size() == 1);
  // The last that were written, whatever their clocks say: one may have been ahead.
  REQUIRE(known.instantiations.size() == limits::stored_samples_max);
  CHECK(known.instantiations[0].name == "planner_101");
  CHECK(known.instantiations[most - 1].name == "planner_52");
}

TEST_CASE("Samples of one moment keep their order") {
  const state_folder folder;
  samples batch;
  for (int index = 0; index < 5; ++index) batch.invocations.push_back({"planner_" + std::to_string(index), 1, "ok", 3});
  save(*opened(folder.path()), batch);
  CHECK(recalled(*opened(folder.path())).samples == batch);
}

TEST_CASE("A sample that is damaged or has impossible numbers takes nothing else with it") {
  const state_folder folder;
  auto batch = one_of_each();
  batch.invocations.push_back(
      {"beta", std::numeric_limits<double>::infinity(), "ok", std::numeric_limits<double>::quiet_NaN()});
  save(*opened(folder.path()), batch);
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((folder.path() + "/planguild.db").c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, "INSERT INTO samples(kind, sample) VALUES('selection', '{')", nullptr, nullptr,
                     nullptr) == SQLITE_OK);
  sqlite3_close(database);
  CHECK(recalled(*opened(folder.path())).samples == one_of_each());
}

TEST_CASE("A store from before there were samples gets a place for them and keeps what it has") {
  const state_folder folder;
  {
    const auto store = opened(folder.path());
    store_update update;
    update.increments.push_back({"alpha", true, 5, "", 1'000, 900});
    store->save(std::move(update));
    REQUIRE(committed(*store));
  }
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((folder.path() + "/planguild.db").c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, "DROP TABLE samples", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
  save(*opened(folder.path()), one_of_each());
  const auto known = recalled(*opened(folder.path()));
  CHECK(known.samples == one_of_each());
  CHECK(known.reliabilities.size() == 1);
}

TEST_CASE("A file whose samples are somebody else's is set aside as it was, and a new one begun") {
  const state_folder folder;
  save(*opened(folder.path()), one_of_each());
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((folder.path() + "/planguild.db").c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, "DROP TABLE samples; CREATE TABLE samples(theirs)", nullptr, nullptr, nullptr) ==
        SQLITE_OK);
  sqlite3_close(database);
  const auto store = opened(folder.path());
  CHECK(store->memory_only().empty());
  CHECK(recalled(*store).samples == samples{});
  save(*store, one_of_each());
  CHECK(recalled(*opened(folder.path())).samples == one_of_each());
}

TEST_CASE("A sample too long to be read again is not written") {
  const state_folder folder;
  auto batch = one_of_each();
  batch.selections.push_back(batch.selections[0]);
  batch.selections[1].required_caps.assign(1'000, std::string(100, 'x'));
  save(*opened(folder.path()), batch);
  CHECK(recalled(*opened(folder.path())).samples == one_of_each());
}

TEST_CASE("While nothing can be written, samples wait in their bound and push out nothing") {
  const state_folder folder;
  const auto store = opened(folder.path());
  save(*store, one_of_each());
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open((folder.path() + "/planguild.db").c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  store_update dear;
  dear.increments.push_back({"alpha", true, 5, "", 1'000, 900});
  store->save(std::move(dear));
  constexpr auto updates = static_cast<int>(limits::store_queue_max) + 100;
  for (int index = 0; index < updates; ++index) {
    store_update update;
    update.samples = starts(1'000 + index, 1);
    store->save(std::move(update));
  }
  CHECK(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(other);
  REQUIRE(committed(*store));
  const auto known = recalled(*opened(folder.path()));
  CHECK(known.reliabilities.size() == 1);
  CHECK(known.samples.instantiations.size() == limits::stored_samples_max);
  CHECK(known.samples.instantiations.back().name == "planner_" + std::to_string(1'000 + updates - 1));
}
