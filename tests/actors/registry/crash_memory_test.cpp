// The last crash of each planner, and which of them the store has not been told.
#include "actors/registry/crash_memory.hpp"

#include <catch2/catch.hpp>

#include "messages/limits.hpp"

using namespace planguild;

namespace {

crash_report report(const std::string& name, std::int64_t wall_ms) {
  crash_report result;
  result.name = name;
  result.evidence.wall_ms = wall_ms;
  return result;
}

}  // namespace

TEST_CASE("The newest crash of a name is kept and told once") {
  crash_memory memory;
  memory.note(report("alpha", 1));
  memory.note(report("alpha", 2));
  memory.note(report("beta", 1));
  const auto told = memory.take_new();
  REQUIRE(told.size() == 2);
  CHECK(told[0].evidence.wall_ms == 2);
  CHECK(memory.take_new().empty());
  memory.note(report("alpha", 2));
  CHECK(memory.take_new().empty());
}

TEST_CASE("What is recalled does not replace what is known, and is not told again") {
  crash_memory memory;
  memory.note(report("alpha", 1));
  (void)memory.take_new();
  memory.recall({report("alpha", 9), report("beta", 9)});
  CHECK(memory.find("alpha")->evidence.wall_ms == 1);
  CHECK(memory.find("beta")->evidence.wall_ms == 9);
  CHECK(memory.find("gamma") == nullptr);
  CHECK(memory.take_new().empty());
}

TEST_CASE("Over the bound the oldest crash goes") {
  crash_memory memory;
  for (std::size_t count = 0; count <= limits::crashes_max; ++count) {
    memory.note(report("planner" + std::to_string(count), 1'000 - static_cast<std::int64_t>(count)));
  }
  CHECK(memory.find("planner0") != nullptr);
  CHECK(memory.find("planner" + std::to_string(limits::crashes_max)) == nullptr);
  CHECK(memory.take_new().size() == limits::crashes_max);
}
