// What selectors tell the registry: samples, or counts where no samples are taken. On the test clock with a port that
// only remembers, and on a real runtime.
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <set>
#include <thread>

#include "tests/app/host/builtin_guild.hpp"
#include "tests/app/host/selector_bench.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

TEST_CASE("Samples go out in batches that are full, and say once what selections have in common") {
  selector_bench b;
  b.put(view_of(1, {"aaa", "bbb"}));
  auto own = b.make();
  auto prepared = own.prepare(asking());
  fill_batches(own, *prepared, 1);
  b.world.run();
  REQUIRE(b.record.batches.size() == 1);
  const auto& batch = b.record.batches[0];
  CHECK(batch.points.size() == limits::samples_per_message_max);
  REQUIRE(batch.patterns.size() == 1);
  CHECK(batch.patterns[0].best == "aaa");
  CHECK(batch.patterns[0].objective_len == 10);
  CHECK(batch.patterns[0].required_caps == std::vector<std::string>{"x", "y"});
  CHECK(batch.patterns[0].breakdown.total == batch.patterns[0].score);
  CHECK(batch.patterns[0].candidates_considered == 2);
}

TEST_CASE("Samples that are old enough go out with the next selection, the rest with the selector") {
  selector_bench b;
  b.put(view_of(1, {"aaa"}));
  {
    auto own = b.make();
    REQUIRE(own.select(asking()));
    b.world.advance(limits::sample_batch_age_ms_max);
    CHECK(b.record.batches.empty());
    REQUIRE(own.select(asking("other words, as long")));
    b.world.run();
    REQUIRE(b.record.batches.size() == 1);
    CHECK(b.record.batches[0].points.size() == 2);
    CHECK(b.record.batches[0].patterns.size() == 2);
    REQUIRE(own.select(asking()));
  }
  b.world.run();
  REQUIRE(b.record.batches.size() == 2);
  CHECK(b.record.batches[1].points.size() == 1);
}

TEST_CASE("Batches beyond the bound are dropped, counted, and told with the next one") {
  selector_bench b;
  b.put(view_of(1, {"aaa"}));
  auto own = b.make();
  auto prepared = own.prepare(asking());
  const auto batches = static_cast<std::size_t>(limits::sample_batches_in_flight_max) + 2;
  fill_batches(own, *prepared, batches);
  CHECK(own.dropped() == 2 * limits::samples_per_message_max);
  b.port->batch_arrived();
  REQUIRE(own.select(*prepared));
  own.flush();
  b.world.run();
  REQUIRE(b.record.batches.size() == static_cast<std::size_t>(limits::sample_batches_in_flight_max) + 1);
  CHECK(b.record.batches.back().dropped == 2 * limits::samples_per_message_max);
  CHECK(b.record.batches.back().points.size() == 1);
}

TEST_CASE("With profiling off no sample is taken, but it is told how often each planner was chosen") {
  selector_bench b;
  b.put(unprofiled(view_of(1, {"aaa"})));
  auto own = b.make();
  auto prepared = own.prepare(asking());
  for (int times = 0; times < 3; ++times) REQUIRE(own.select(*prepared));
  REQUIRE(own.select(asking("other words")));
  b.put(unprofiled(view_of(2, {"bbb"})));
  REQUIRE(own.select(*prepared));
  b.world.run();
  CHECK(b.record.batches.empty());
  b.world.advance(limits::sample_batch_age_ms_max);
  REQUIRE(own.select(*prepared));  // the first one is old enough
  b.world.run();
  REQUIRE(b.record.batches.size() == 1);
  CHECK(b.record.batches[0].points.empty());
  CHECK(b.record.batches[0].patterns.empty());
  CHECK(b.record.batches[0].counts == std::vector<selection_count>{{"aaa", 3}, {"aaa", 1}, {"bbb", 2}});
  REQUIRE(own.select(*prepared));
  own.flush();
  b.world.run();
  REQUIRE(b.record.batches.size() == 2);
  CHECK(b.record.batches[1].counts == std::vector<selection_count>{{"bbb", 1}});
}

TEST_CASE("Counts of many different requests go out before a message holds too many") {
  selector_bench b;
  b.put(unprofiled(view_of(1, {"aaa"})));
  auto own = b.make();
  for (std::size_t count = 1; count <= limits::samples_per_message_max; ++count) {
    auto prepared = own.prepare(asking());
    REQUIRE(own.select(*prepared));
  }
  b.world.run();
  REQUIRE(b.record.batches.size() == 1);
  CHECK(b.record.batches[0].counts.size() == limits::samples_per_message_max);
}

TEST_CASE("Counts for which too many batches are under way are dropped, and their number is told") {
  selector_bench b;
  b.put(unprofiled(view_of(1, {"aaa"})));
  auto own = b.make();
  auto prepared = own.prepare(asking());
  for (std::int64_t batches = 0; batches <= limits::sample_batches_in_flight_max; ++batches) {
    REQUIRE(own.select(*prepared));
    REQUIRE(own.select(*prepared));
    own.flush();
  }
  CHECK(own.dropped() == 2);
  b.port->batch_arrived();
  REQUIRE(own.select(*prepared));
  own.flush();
  b.world.run();
  CHECK(b.record.batches.back().counts == std::vector<selection_count>{{"aaa", 1}});
}

TEST_CASE("What was sampled before profiling was switched off goes out with the counts") {
  selector_bench b;
  b.put(view_of(1, {"aaa"}));
  auto own = b.make();
  auto prepared = own.prepare(asking());
  REQUIRE(own.select(*prepared));
  b.put(unprofiled(view_of(2, {"aaa"})));
  REQUIRE(own.select(*prepared));
  own.flush();
  b.world.run();
  REQUIRE(b.record.batches.size() == 1);
  CHECK(b.record.batches[0].points.size() == 1);
  CHECK(b.record.batches[0].counts == std::vector<selection_count>{{"aaa", 1}});
}

TEST_CASE("What was dropped is told at a flush, though no selection may follow") {
  selector_bench b;
  b.put(view_of(1, {"aaa"}));
  auto own = b.make();
  auto prepared = own.prepare(asking());
  const auto batches = static_cast<std::size_t>(limits::sample_batches_in_flight_max) + 1;
  fill_batches(own, *prepared, batches);
  own.flush();
  b.world.run();
  REQUIRE(b.record.batches.size() == batches);
  CHECK(b.record.batches.back().points.empty());
  CHECK(b.record.batches.back().dropped == limits::samples_per_message_max);
  own.flush();
  b.world.run();
  CHECK(b.record.batches.size() == batches);  // once
}

namespace {

/// Counts the selections that it is told to remember.
class counting_store final : public planner_store {
 public:
  void load(std::function<void(outcome<store_contents>)> done) override { done(store_contents{}); }
  void save(store_update update) override { selections += update.samples.selections.size(); }
  bool flush(std::int64_t) override { return true; }
  std::atomic<std::size_t> selections = 0;
};

}  // namespace

TEST_CASE("What a selector told before its runtime stops reaches the store") {
  const auto store = std::make_shared<counting_store>();
  builtin_guild guild({"aaa_planner"}, {}, store);
  for (std::size_t round = 0; round < 3; ++round) {
    auto own = std::move(*guild.runtime().make_selector().value);
    REQUIRE(own.select(asking()));
  }
  guild.runtime().stop(10'000);
  CHECK(store->selections == 3);
}

TEST_CASE("Selectors of a runtime that takes no samples count in its statistics and take turns") {
  config settings;
  settings.profile_selection = false;
  settings.tie_break = tie_break::least_recent;
  builtin_guild guild({"aaa_planner", "bbb_planner"}, settings);
  auto own = std::move(*guild.runtime().make_selector().value);
  std::uint64_t selections = 0;
  std::set<std::string> chosen;
  for (int tries = 0; tries < 5'000 && chosen.size() < 2; ++tries) {
    const auto answer = own.select(asking());
    REQUIRE(answer);
    chosen.emplace(answer->best);
    ++selections;
    own.flush();
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  CHECK(chosen.size() == 2);
  std::uint64_t counted = 0;
  for (int tries = 0; tries < 5'000 && counted < selections; ++tries) {
    counted = guild.runtime().stats({})->selections;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  CHECK(counted == selections);
  CHECK(guild.runtime().profiles({sample_kind::selection, 10})->counted == 0);
}
