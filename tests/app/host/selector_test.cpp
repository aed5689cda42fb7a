// Selectors: on the test clock with a port that only remembers, and on a real runtime with many threads.
#include "app/host/selector.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>
#include <thread>

#include "tests/actors/registry/random_registry.hpp"
#include "tests/app/host/builtin_guild.hpp"
#include "tests/app/host/selector_bench.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

/// Allocations of this thread, counted by the replaced operator new below.
thread_local std::size_t allocations = 0;

}  // namespace

// Not inlined, so that the compiler does not see malloc and free meet new and delete of its own.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc{};
}
// std::stable_sort asks like this, and gives back with the plain delete.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

TEST_CASE("A prepared request, an unprepared one and the whole answer agree with the ranking of the snapshot") {
  const auto seed = random_seed("selector");
  random_registry random(seed);
  selector_bench b;
  auto own = b.make();
  for (std::uint64_t round = 1; round <= 300; ++round) {
    auto view = random.some_snapshot(12);
    view.version = round;
    b.put(view);
    const auto request = random.some_request();
    auto prepared = own.prepare(request);
    REQUIRE(prepared);
    const auto expected = select(view, request);
    INFO("PLANGUILD_SEED=" << seed << ", round " << round);
    for (const auto& given : {own.select(*prepared), own.select(request), own.select(request)}) {
      REQUIRE(given.value.has_value() == expected.value.has_value());
      if (expected) {
        REQUIRE(given->best == expected->best);
        REQUIRE(given->score == expected->score);
        REQUIRE(given->candidates_considered == expected->candidates_considered);
        REQUIRE(given->snapshot_version == round);
      } else {
        REQUIRE(given.error == expected.error);
      }
    }
    REQUIRE(own.explain(request) == expected);
    REQUIRE(own.batch_select(request, 5) == batch(view, request, 5));
  }
}

TEST_CASE("A prepared request takes the new snapshot when there is one") {
  selector_bench b;
  b.put(view_of(1, {"aaa", "bbb"}));
  auto own = b.make();
  auto prepared = own.prepare(asking());
  CHECK(own.select(*prepared)->best == "aaa");
  b.put(view_of(2, {"bbb"}));
  CHECK(own.select(*prepared)->best == "bbb");
  b.put(view_of(1, {"aaa", "bbb"}));  // late: there is a newer one
  CHECK(own.select(*prepared)->snapshot_version == 2);
}

TEST_CASE("Nobody yet is no answer to wait for, nobody at all is a failure that says why") {
  selector_bench b;
  auto view = view_of(1, {});
  view.admissions_pending = true;
  b.put(view);
  auto own = b.make();
  CHECK(own.select(asking()).error->code == failure_code::deadline_exceeded);
  CHECK(own.explain(asking()).error->code == failure_code::deadline_exceeded);
  b.put(view_of(2, {}));
  CHECK(own.select(asking()).error->code == failure_code::no_active_planner);
  auto low = view_of(3, {"aaa"});
  low.config.min_reliability = 0.9;
  b.put(low);
  CHECK(own.select(asking()).error->code == failure_code::no_candidate);
  b.port->close();
  CHECK(own.select(asking()).error->code == failure_code::stopping);
  CHECK(own.batch_select(asking(), 1).error->code == failure_code::stopping);
}

TEST_CASE("A request over a bound is refused, prepared or not") {
  selector_bench b;
  b.put(view_of(1, {"aaa"}));
  auto own = b.make();
  const auto too_long = asking(std::string(limits::objective_bytes_max + 1, 'x'));
  CHECK(own.prepare(too_long).error->code == failure_code::limit_exceeded);
  CHECK(own.select(too_long).error->code == failure_code::limit_exceeded);
}

TEST_CASE("A snapshot that is half as old as it may be is asked for anew, once by all selectors") {
  selector_bench b;
  b.put(view_of(1, {"aaa"}));
  auto first = b.make();
  auto second = b.make();
  REQUIRE(first.select(asking()));
  b.world.advance(limits::snapshot_max_age_ms / 2 - 1);
  REQUIRE(first.select(asking()));
  b.world.run();
  CHECK(b.record.refreshes == 0);
  b.world.advance(1);
  REQUIRE(first.select(asking()));
  REQUIRE(second.select(asking()));
  b.world.run();
  CHECK(b.record.refreshes == 1);
  b.put(view_of(2, {"aaa"}));
  b.world.advance(limits::snapshot_max_age_ms / 2);
  REQUIRE(second.select(asking()));
  b.world.run();
  CHECK(b.record.refreshes == 2);
}

TEST_CASE("Batches and whole answers ask for a fresh snapshot as selections do") {
  for (const bool is_batch : {true, false}) {
    INFO((is_batch ? "batch_select" : "explain"));
    selector_bench b;
    b.put(view_of(1, {"aaa"}));
    auto own = b.make();
    const auto ask = [&] {
      return is_batch ? own.batch_select(asking(), 1).value.has_value() : own.explain(asking()).value.has_value();
    };
    b.world.advance(limits::snapshot_max_age_ms / 2 - 1);
    REQUIRE(ask());
    b.world.run();
    CHECK(b.record.refreshes == 0);
    b.world.advance(1);
    REQUIRE(ask());
    REQUIRE(ask());
    b.world.run();
    CHECK(b.record.refreshes == 1);
  }
}

TEST_CASE("A snapshot that comes while an older one is asked about is asked about in its own time") {
  selector_bench b;
  b.put(view_of(1, {"aaa"}));
  b.put(view_of(2, {"aaa"}));
  CHECK(b.port->must_ask_for_fresh(1));  // by a selector that has not seen the second one
  CHECK_FALSE(b.port->must_ask_for_fresh(1));
  CHECK(b.port->must_ask_for_fresh(2));
}

TEST_CASE("A prepared selection that is only counted allocates nothing until the counts are sent") {
  selector_bench b;
  b.put(unprofiled(view_of(1, {"a_planner_with_a_name_that_is_long", "bbb"})));
  auto own = b.make();
  auto prepared = own.prepare(asking());
  REQUIRE(own.select(*prepared));
  const auto before = allocations;
  for (std::size_t count = 0; count < 10 * limits::samples_per_message_max; ++count) (void)own.select(*prepared);
  CHECK(allocations == before);
  own.flush();
  CHECK(allocations > before);
}

TEST_CASE("A prepared selection allocates nothing between two batches") {
  selector_bench b;
  b.put(view_of(1, {"aaa", "bbb", "ccc"}));
  auto own = b.make();
  auto prepared = own.prepare(asking());
  REQUIRE(own.select(*prepared));  // ranks, and makes what all its samples have in common
  const auto before = allocations;
  for (std::size_t count = 0; count < limits::samples_per_message_max - 2; ++count) (void)own.select(*prepared);
  CHECK(allocations == before);
  (void)own.select(*prepared);  // sends
  CHECK(allocations > before);
}

TEST_CASE("Selectors on a real runtime see what the registry has decided, and its reports count them") {
  builtin_guild guild({"aaa_planner", "bbb_planner"});
  auto made = guild.runtime().make_selector();
  REQUIRE(made);
  auto& own = *made.value;
  CHECK(own.select(asking())->best == "aaa_planner");
  REQUIRE(guild.runtime().quarantine({"aaa_planner", "for a test", 5'000}));
  std::string best;
  for (int tries = 0; tries < 5'000 && best != "bbb_planner"; ++tries) {
    best = own.select(asking())->best;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  CHECK(best == "bbb_planner");
  guild.runtime().stop(5'000);
  outcome<choice> last;
  for (int tries = 0; tries < 5'000 && (tries == 0 || last); ++tries) {
    last = own.select(asking());
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  CHECK(last.error->code == failure_code::stopping);
  CHECK(guild.runtime().make_selector().error->code == failure_code::stopping);
}

TEST_CASE("Threads that select while planners come and go get an answer each time, and every sample is accounted for") {
  builtin_guild guild({"aaa_planner", "bbb_planner", "ccc_planner"});
  constexpr std::uint64_t selections_each = 20'000;
  std::atomic<std::uint64_t> answered = 0;
  std::atomic<std::uint64_t> dropped = 0;
  {
    std::vector<std::thread> threads;
    for (int index = 0; index < 4; ++index) {
      threads.emplace_back([&] {
        auto own = std::move(*guild.runtime().make_selector().value);
        auto prepared = std::move(*own.prepare(asking()).value);
        for (std::uint64_t count = 0; count < selections_each; ++count) {
          answered += count % 2 == 0 ? own.select(prepared).value.has_value() : own.select(asking()).value.has_value();
        }
        own.flush();
        dropped += own.dropped();
      });
    }
    for (int times = 0; times < 50; ++times) {
      REQUIRE(guild.runtime().quarantine({"aaa_planner", "for a test", 5'000}));
      REQUIRE(guild.runtime().reinstate({"aaa_planner", "for a test", 5'000}));
    }
    for (auto& each : threads) each.join();
  }
  CHECK(answered == 4 * selections_each);
  profile_report report;
  for (int tries = 0; tries < 5'000 && report.counted + dropped < 4 * selections_each; ++tries) {
    report = *guild.runtime().profiles({sample_kind::selection, 1'000});
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  CHECK(report.counted + dropped == 4 * selections_each);
  CHECK(report.counted == report.kept.selections.size() + report.overwritten + report.trimmed);
}
