// A planner's file that is exchanged between the moment when its bytes are digested and the moment when they run, by
// renaming another over it and by overwriting it in place: what runs are the bytes that were digested, or nothing.
// Without layers, too, so that the exchanged program would be seen by what it does.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "tests/hostile_planners/zoo_guild.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

enum class exchange { by_rename, in_place, by_link };

const char* text_of(exchange how) {
  if (how == exchange::by_link) return "by a link to elsewhere";
  return how == exchange::by_rename ? "by rename" : "in place";
}

/// What may be done to a file by who can write it.
void exchange_file(const std::string& path, const std::string& bytes, exchange how) {
  auto target = how == exchange::in_place ? path : path + ".new";
  if (how == exchange::by_link) {
    const auto elsewhere = std::filesystem::path{path}.parent_path().parent_path() / "elsewhere";
    std::filesystem::remove(path);
    std::filesystem::create_symlink(elsewhere, path);
    target = elsewhere.string();
  }
  const int file = ::open(target.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
  if (file < 0) throw std::runtime_error("cannot write " + target);
  const bool written = ::pwrite(file, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
  ::close(file);
  if (!written || (how == exchange::by_rename && ::rename(target.c_str(), path.c_str()) != 0)) {
    throw std::runtime_error("cannot exchange " + path);
  }
}

/// The planner that was admitted, and the one that takes its file's place: same name, same size, other bytes.
struct twins {
  zoo_planner good;
  zoo_planner evil;
};

twins twins_of(entry_kind kind, bool pinned) {
  twins made;
  made.good = {"", "plan", kind, 20, "zoo_twin_" + std::string{to_string(kind)}, pinned};
  made.evil = made.good;
  made.evil.attack = "append_to_file";
  return made;
}

void check_is_good(const seen_planner& seen) {
  INFO(text_of(seen));
  CHECK(seen.code == "ok");
  CHECK(seen.said == "behaved");
}

}  // namespace

TEST_CASE("Exchanged in the open the other program does run and has its effect, so the tests below would see it") {
  hostile_world world;
  zoo_guild guild{world, "off"};
  for (const auto kind : {entry_kind::command, entry_kind::library}) {
    const auto [good, evil] = twins_of(kind, false);
    guild.add({good});
    check_is_good(guild.look_at(good));
    guild.add({evil});  // written and discovered anew: digested, probed, admitted
    const auto seen = guild.look_at(evil);
    INFO(text_of(seen));
    CHECK(seen.said.find("effect:") == 0);
    CHECK(world.touched(evil) == std::vector<std::string>{world.scratch() + "/victim has changed"});
    CHECK(guild.remove({evil}));
    world.restore();
  }
}

TEST_CASE("A planner whose file was exchanged after its admission runs, and starts again, as what was admitted") {
  for (const std::string sandbox : {"off", "require"}) {
    hostile_world world;
    zoo_guild guild{world, sandbox};
    // A plan for another repository needs a process of its own, so the planner is started once more.
    const auto other_repository = world.scratch() + "/repository/other";
    std::filesystem::create_directories(other_repository);
    for (const auto kind : {entry_kind::command, entry_kind::library}) {
      for (const auto how : {exchange::by_rename, exchange::in_place, exchange::by_link}) {
        INFO(sandbox << ", " << to_string(kind) << ", " << text_of(how));
        const auto [good, evil] = twins_of(kind, true);
        guild.add({good});
        // Its process is there, with its bytes mapped.
        check_is_good(guild.look_at(good));
        exchange_file(world.program_path(good), world.program_of(evil), how);
        check_is_good(guild.look_at(good));
        check_is_good(guild.look_at(good, {}, other_repository));
        const auto record = guild.runtime().describe({good.name(), false, 60'000});
        REQUIRE(record);
        CHECK(record->generation == 1);
        // Digested anew, it is another planner than the manifest says, and no longer one of the guild.
        guild.add({});
        const auto seen = guild.look_at(good);
        INFO(text_of(seen));
        CHECK(seen.code != "ok");
        CHECK(seen.said.empty());
        CHECK(guild.remove({good}));
        CHECK_FALSE(std::filesystem::exists(world.program_path(good)));
      }
    }
    const auto victim = world.scratch() + "/victim";
    CHECK(std::filesystem::file_size(victim) == std::string{"a file of the host's user\n"}.size());
    CHECK(guild.stop().processes_left == 0);
  }
}

TEST_CASE("While a planner's file is exchanged to and fro nothing but the program that its manifest names ever runs") {
  constexpr int rounds = 25;
  for (const auto how : {exchange::by_rename, exchange::in_place}) {
    hostile_world world;
    zoo_guild guild{world, "off"};
    for (const auto kind : {entry_kind::command, entry_kind::library}) {
      INFO(to_string(kind) << ", " << text_of(how));
      const auto [good, evil] = twins_of(kind, true);
      guild.add({good});
      const auto path = world.program_path(good);
      const auto good_bytes = world.program_of(good);
      const auto evil_bytes = world.program_of(evil);
      std::atomic<bool> over{false};
      std::atomic<int> exchanges{0};
      std::thread exchanger{[&, how = how] {
        while (!over) {
          exchange_file(path, evil_bytes, how);
          std::this_thread::sleep_for(std::chrono::milliseconds{2});
          exchange_file(path, good_bytes, how);
          ++exchanges;
          std::this_thread::sleep_for(std::chrono::milliseconds{2});
        }
      }};
      for (int round = 0; round < rounds; ++round) {
        guild.add({});
        const auto seen = guild.look_at(good);
        if (seen.code == "ok") CHECK(seen.said == "behaved");
      }
      over = true;
      exchanger.join();
      CHECK(exchanges > 0);
      guild.add({});
      check_is_good(guild.look_at(good));
      CHECK(guild.remove({good}));
    }
    const auto victim = world.scratch() + "/victim";
    CHECK(std::filesystem::file_size(victim) == std::string{"a file of the host's user\n"}.size());
    CHECK(guild.stop().processes_left == 0);
  }
}

TEST_CASE("A planner that may write somewhere puts nothing among the copies that it and others run from") {
  hostile_world world;
  const auto granted = world.scratch() + "/granted";
  std::filesystem::create_directories(granted);
  std::filesystem::permissions(granted, std::filesystem::perms::all);
  zoo_planner beside{"write_beside_itself", "plan", entry_kind::command, 20, "zoo_beside", false, granted};
  zoo_planner above{"write_beside_itself", "plan", entry_kind::command, 20, "zoo_above", false, world.private_folder()};
  zoo_guild guild{
      world,
      "require",
      {{"FACTORY_GRANTS", beside.name() + ":write=" + granted + "," + above.name() + ":write=" + world.private_folder(),
        "the test"}}};
  const auto other_repository = world.scratch() + "/repository/other";
  std::filesystem::create_directories(other_repository);
  guild.add({beside, above});
  for (const std::string& repository :
       {world.repository(), other_repository}) {  // the second start meets what was left
    const auto seen = guild.look_at(beside, {}, repository);
    INFO(text_of(seen));
    CHECK(seen.code == "ok");
    CHECK(seen.said.find("denied:") == 0);
  }
  const auto refused = guild.look_at(above);
  INFO(text_of(refused));
  CHECK(refused.code == "load_failed");
  CHECK(refused.message.find("reaches the copies that planners run from") != std::string::npos);
  CHECK(refused.said.empty());
  for (const auto& entry : std::filesystem::recursive_directory_iterator{world.private_folder()}) {
    CHECK(entry.path().filename() != "hostile");
  }
  CHECK(guild.remove({beside, above}));
  CHECK(guild.stop().processes_left == 0);
}
