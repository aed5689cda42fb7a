// The store on a real disk: round trips, several writers, damaged and unusable files.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include "actors/registry/verdict_memory.hpp"
#include "app/host/system/store.hpp"
#include "app/host/system/store_database.hpp"
#include "messages/limits.hpp"
#include "tests/app/host/system/store_test_support.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

admission_verdict verdict(const std::string& name, const std::string& digest, admission_state state) {
  admission_verdict result;
  result.name = name;
  result.digest = digest;
  result.state = state;
  result.reason = "because";
  return result;
}

reliability_increment increment(const std::string& name, bool success, std::int64_t wall_ms, double half_life_s = 900) {
  return {name, success, 12.5, success ? "" : "it failed", wall_ms, half_life_s};
}

std::vector<std::string> names_in(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    names.push_back(entry.path().filename().string());
  return names;
}

std::size_t set_aside_in(const std::filesystem::path& directory) {
  std::size_t count = 0;
  for (const std::string& name : names_in(directory)) {
    count += name.rfind("planguild.db.corrupt-", 0) == 0 && name.find("-wal") == std::string::npos ? 1U : 0U;
  }
  return count;
}

}  // namespace

TEST_CASE("What was saved is recalled by the next process") {
  const state_folder folder;
  const auto log = std::make_shared<collecting_log>();
  auto quarantined = verdict("risk_planner", "d1", admission_state::quarantined);
  quarantined.self_test_passed = false;
  quarantined.evidence = failure_evidence{planner_stage::self_test,
                                          failure_code::self_test_failed,
                                          "said \"no\"\n\xc3\xa9",
                                          3,
                                          std::nullopt,
                                          std::string("tail\0x", 6),
                                          process_ending::over_limit,
                                          "memory",
                                          {1, 2, 3},
                                          4};
  auto decided = verdict("risk_planner", "", admission_state::admitted);
  decided.by_operator = true;
  {
    const auto store = opened(folder.path(), log);
    store->save({{quarantined, decided, verdict("other", "d2", admission_state::admitted)}, {}, {}});
    store->save({{}, {increment("risk_planner", true, 1'000), increment("risk_planner", false, 1'000)}, {}});
    CHECK(committed(*store));
    CHECK(store->memory_only().empty());
  }
  const auto known = recalled(*opened(folder.path(), log));
  REQUIRE(known.verdicts.size() == 3);
  CHECK(known.verdicts.back() == decided);
  CHECK(std::count(known.verdicts.begin(), known.verdicts.end(), quarantined) == 1);
  REQUIRE(known.reliabilities.size() == 1);
  CHECK(known.reliabilities[0] == stored_reliability{"risk_planner", 1, 1, 1'000, 2, 1, 25, "it failed"});
  CHECK(log->count() == 0);
  struct stat facts {};
  REQUIRE(::stat(folder.path().c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777U) == 0700U);
  REQUIRE(::stat((folder.path() + "/planguild.db").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777U) == 0600U);
}

TEST_CASE("A later verdict replaces an earlier one, and old digests are forgotten") {
  const state_folder folder;
  const auto store = opened(folder.path());
  for (int index = 0; index < 20; ++index) {
    store->save({{verdict("p", std::to_string(index), admission_state::admitted)}, {}, {}});
  }
  store->save({{verdict("p", "19", admission_state::quarantined)}, {}, {}});
  auto decided = verdict("p", "19", admission_state::quarantined);
  decided.by_operator = true;
  store->save({{decided}, {}, {}});
  decided.state = admission_state::admitted;
  decided.digest = "18";
  store->save({{decided}, {}, {}});
  REQUIRE(committed(*store));
  const auto known = recalled(*store);
  REQUIRE(known.verdicts.size() == 9);
  CHECK(known.verdicts[8] == decided);
  CHECK(known.verdicts[7] == verdict("p", "19", admission_state::quarantined));
  verdict_memory memory;
  for (const auto& each : known.verdicts) memory.remember(each);
  CHECK(memory.find("p", "19") == known.verdicts[7]);  // of more than it keeps, the newest
}

TEST_CASE("Increments decay the stored weights to their moment and then count in full") {
  const auto seed = test_seed();
  std::mt19937_64 random(seed);
  CAPTURE(seed);
  const state_folder folder;
  const auto store = opened(folder.path());
  double success = 0;
  double failures = 0;
  std::int64_t at_ms = 1'700'000'000'000;
  for (int index = 0; index < 200; ++index) {
    const std::int64_t wall_ms =
        at_ms + static_cast<std::int64_t>(random() % 600'000) - 60'000;  // now and then backwards
    const double half_life_s = random() % 10 == 0 ? 0.0 : 900.0;
    const bool good = random() % 3 != 0;
    const std::int64_t elapsed_ms = std::max<std::int64_t>(0, wall_ms - at_ms);
    const double kept = half_life_s <= 0 ? 1.0 : std::pow(0.5, static_cast<double>(elapsed_ms) / 1'000.0 / half_life_s);
    success = success * kept + (good ? 1 : 0);
    failures = failures * kept + (good ? 0 : 1);
    at_ms = std::max(at_ms, wall_ms);
    store->save({{}, {increment("p", good, wall_ms, half_life_s)}, {}});
    if (index % 17 == 0) REQUIRE(committed(*store));
  }
  REQUIRE(committed(*store));
  const auto known = recalled(*store);
  REQUIRE(known.reliabilities.size() == 1);
  CHECK(known.reliabilities[0].success_weight == Approx(success).epsilon(1e-9));
  CHECK(known.reliabilities[0].failure_weight == Approx(failures).epsilon(1e-9));
  CHECK(known.reliabilities[0].saved_wall_ms == at_ms);
  CHECK(known.reliabilities[0].invocations == 200);
}

TEST_CASE("Nothing overflows with moments and durations that make no sense") {
  reliability_increment odd{"p",         false, std::nan(""), "bad \xff utf", std::numeric_limits<std::int64_t>::max(),
                            std::nan("")};
  stored_reliability before{"p", 3, 4, std::numeric_limits<std::int64_t>::min(), 7, 4, 1, ""};
  const auto after = merged(before, odd);
  CHECK(after.failure_weight == 5);
  CHECK(after.total_duration_ms == 1);
  odd.half_life_s = 900;
  CHECK(merged(before, odd).failure_weight == 1);
}

TEST_CASE("The increments of several stores and processes add up") {
  const state_folder folder;
  constexpr int each = 300;
  { (void)opened(folder.path()); }
  const pid_t child = ::fork();
  if (child == 0) {
    const auto store = opened(folder.path());
    for (int index = 0; index < each; ++index) store->save({{}, {increment("p", false, 1'000)}, {}});
    ::_exit(committed(*store) ? 0 : 1);
  }
  const auto first = opened(folder.path());
  const auto second = opened(folder.path());
  for (int index = 0; index < each; ++index) {
    first->save({{}, {increment("p", true, 1'000)}, {}});
    second->save({{}, {increment("p", true, 1'000)}, {}});
  }
  CHECK(committed(*first));
  CHECK(committed(*second));
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  const auto known = recalled(*first);
  REQUIRE(known.reliabilities.size() == 1);
  CHECK(known.reliabilities[0].success_weight == 2 * each);
  CHECK(known.reliabilities[0].failure_weight == each);
  CHECK(known.reliabilities[0].invocations == 3 * each);
}

TEST_CASE("A corrupt file is set aside and a new one begun") {
  const state_folder folder;
  const std::string path = folder.path() + "/planguild.db";
  {
    const auto store = opened(folder.path());
    for (int index = 0; index < 500; ++index) {
      store->save({{verdict("planner" + std::to_string(index), "d", admission_state::admitted)}, {}, {}});
    }
    REQUIRE(committed(*store));
  }
  const auto size = std::filesystem::file_size(path);
  SECTION("text") {
    std::ofstream(path) << "this is no database, but it is long enough to be looked at as one, is it not?";
  }
  SECTION("cut off in the middle") {
    std::filesystem::resize_file(path, size / 2);
  }
  SECTION("a header and nothing else") {
    std::filesystem::resize_file(path, 100);
  }
  SECTION("overwritten behind the first page") {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4'096);
    const std::string noise(static_cast<std::size_t>(size) - 4'096, '\xa5');
    file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  }
  const auto log = std::make_shared<collecting_log>();
  {
    const auto store = opened(folder.path(), log);
    CHECK(recalled(*store).verdicts.empty());
    store->save({{verdict("new", "d", admission_state::admitted)}, {}, {}});
    CHECK(committed(*store));
    CHECK(store->memory_only().empty());
  }
  CHECK(set_aside_in(folder.path()) == 1);
  CHECK(log->mentions("set aside"));
  CHECK(recalled(*opened(folder.path(), log)).verdicts.size() == 1);
}

TEST_CASE("Two stores that meet the same corrupt file set it aside once") {
  const state_folder folder;
  std::filesystem::create_directories(folder.path());
  std::ofstream(folder.path() + "/planguild.db") << std::string(4'096, 'x');
  std::vector<std::thread> threads;
  std::vector<std::shared_ptr<durable_store>> stores(4);
  for (auto& store : stores) threads.emplace_back([&store, &folder] { store = opened(folder.path()); });
  for (std::thread& thread : threads) thread.join();
  for (auto& store : stores) CHECK(store->memory_only() == "");
  CHECK(set_aside_in(folder.path()) == 1);
}

TEST_CASE("What cannot be written is left alone, said, and planguild goes on without it") {
  const state_folder folder;
  std::filesystem::create_directories(folder.path());
  const std::string path = folder.path() + "/planguild.db";
  std::string directory = folder.path();
  SECTION("a folder below a file") {
    std::ofstream(folder.path() + "/file") << "x";
    directory = folder.path() + "/file/state";
  }
  SECTION("a directory in the file's place") {
    std::filesystem::create_directories(path);
  }
  SECTION("another program's database") {
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &other) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other, "CREATE TABLE theirs(x); INSERT INTO theirs VALUES(1)", nullptr, nullptr, nullptr) ==
            0);
    sqlite3_close(other);
  }
  SECTION("a newer version") {
    { (void)opened(folder.path()); }
    sqlite3* ours = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &ours) == SQLITE_OK);
    REQUIRE(sqlite3_exec(ours, "PRAGMA user_version = 99", nullptr, nullptr, nullptr) == 0);
    sqlite3_close(ours);
  }
  const auto before = names_in(folder.path());
  const auto log = std::make_shared<collecting_log>();
  const auto store = opened(directory, log);
  CHECK_FALSE(store->memory_only().empty());
  CHECK(log->mentions("Nothing is kept on disk"));
  store->save({{verdict("p", "d", admission_state::admitted)}, {}, {}});
  CHECK(store->flush(0));
  CHECK(recalled(*store).verdicts.empty());
  CHECK(names_in(folder.path()) == before);
}

TEST_CASE("A folder or file without permission to write gives a store that keeps nothing") {
  const state_folder folder;
  { (void)opened(folder.path()); }
  const bool is_root = ::geteuid() == 0;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
  std::filesystem::permissions(folder.path() + "/planguild.db", std::filesystem::perms(0444));
  if (is_root) REQUIRE(::seteuid(65'534) == 0);  // root may write anywhere
  SECTION("both") {}
  SECTION("the file alone") {
    if (is_root) REQUIRE(::seteuid(0) == 0);
    std::filesystem::permissions(folder.path(), std::filesystem::perms(0777));
    if (is_root) REQUIRE(::seteuid(65'534) == 0);
  }
  const auto store = opened(folder.path());
  const std::string reason = store->memory_only();
  if (is_root) REQUIRE(::seteuid(0) == 0);
  CHECK_FALSE(reason.empty());
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0700));
}

TEST_CASE("A full disk keeps updates in memory, says so once, and loses nothing that was there") {
  const state_folder folder;
  const auto log = std::make_shared<collecting_log>();
  {
    const auto store = opened(folder.path(), log);
    store->save({{verdict("before", "d", admission_state::admitted)}, {}, {}});
    REQUIRE(committed(*store));
    rlimit old_limit{};
    ::getrlimit(RLIMIT_FSIZE, &old_limit);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = old_limit;
    small.rlim_cur = 1;
    ::setrlimit(RLIMIT_FSIZE, &small);  // every write fails, as on a full disk
    store->save({{verdict("meanwhile", "d", admission_state::admitted)}, {}, {}});
    const bool while_full = store->flush(limits::store_commit_ms);
    const bool again = store->flush(limits::store_commit_ms);
    ::setrlimit(RLIMIT_FSIZE, &old_limit);
    (void)std::signal(SIGXFSZ, old_handler);
    CHECK_FALSE(while_full);
    CHECK_FALSE(again);
    CHECK(log->mentions("kept in memory"));
    CHECK(log->count() == 1);
    CHECK(committed(*store));  // there is room again
  }
  CHECK(recalled(*opened(folder.path())).verdicts.size() == 2);
}

TEST_CASE("A recall is answered once and in time, also while another process holds the file") {
  const state_folder folder;
  const auto store = opened(folder.path());
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open((folder.path() + "/planguild.db").c_str(), &other) == SQLITE_OK);
  sqlite3_busy_timeout(other, 10'000);
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  store->save({{verdict("p", "d", admission_state::admitted)}, {}, {}});
  recall_collector answers;
  store->load(answers.callback());
  store->load(answers.callback());
  CHECK(answers.wait(2));
  REQUIRE(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(other);
  CHECK(committed(*store));
  CHECK(recalled(*store).verdicts.size() == 1);
  CHECK(answers.count() == 2);
}

TEST_CASE("A hundred thousand verdicts are recalled or refused within the bound, and the surplus is forgotten") {
  const state_folder folder;
  const auto store = opened(folder.path());
  store_update update;
  for (std::size_t index = 0; index < limits::planners_max + 50; ++index) {
    update.verdicts.push_back(verdict("planner" + std::to_string(index), "d", admission_state::admitted));
  }
  store->save(update);
  REQUIRE(committed(*store));
  recall_collector answers;
  store->load(answers.callback());
  REQUIRE(answers.wait(1));
  const auto answer = answers.first();
  CHECK((answer
             ? answer->verdicts.size() == limits::planners_max
             : answer.error->code == failure_code::deadline_exceeded || answer.error->code == failure_code::internal));
}

TEST_CASE("An empty state directory's name is refused, and no store knows nothing") {
  const auto refused = open_store({"", nullptr});
  REQUIRE_FALSE(refused);
  CHECK(refused.error->code == failure_code::invalid_configuration);
  const auto none = make_null_store();
  none->save({{verdict("p", "d", admission_state::admitted)}, {}, {}});
  CHECK(recalled(*none) == store_contents{});
  CHECK(none->flush(0));
  CHECK_FALSE(none->memory_only().empty());
}
