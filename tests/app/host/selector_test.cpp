// Selectors: on the test clock with a port that only remembers, and on a real runtime with many threads.
#include "app/host/selector.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>
#include <thread>

#include "tests/actors/registry/random_registry.hpp"
#include "tests/app/host/builtin_guild.hpp"
#include "tests/support/test_environment.hpp"

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

namespace {

struct port_record {
  std::vector<selection_batch> batches;
  int refreshes = 0;
};

class recording_port : public compat::state<snapshot_port_actor> {
 public:
  static constexpr const char* name = "recording_port";
  recording_port(self_pointer, port_record* record) : record_(record) {}
  behavior_type make_behavior() {
    return {[](const snapshot_published&) -> caf::result<ack> { return ack{}; },
            [this](const refresh_snapshot&) -> caf::result<ack> {
              ++record_->refreshes;
              return ack{};
            },
            [this](const selection_batch& batch) -> caf::result<ack> {
              record_->batches.push_back(batch);
              return ack{};
            }};
  }

 private:
  port_record* record_;
};

/// A selector on the test clock, with snapshots that the test puts.
struct selector_bench {
  selector_bench() { actor = compat::spawn<recording_port>(world.system(), &record); }
  ~selector_bench() { compat::end(actor); }

  void put(snapshot view) {
    view.made_at_ms = env.outside.clock->monotonic_ms();
    port->put(std::make_shared<const ranked_snapshot>(std::make_shared<const snapshot>(std::move(view))));
  }
  selector make() { return {port, actor, env.outside.clock}; }

  port_record record;  // outlives the actors, which may get their last messages when the system ends
  test_system world;
  test_environment env{world};
  std::shared_ptr<snapshot_port> port = std::make_shared<snapshot_port>();
  snapshot_port_actor actor;
};

snapshot view_of(std::uint64_t version, const std::vector<std::string>& names) {
  std::vector<snapshot_row> rows;
  for (const auto& name : names) {
    snapshot_row row;
    row.name = name;
    row.capabilities = {"x"};
    row.admission = admission_state::admitted;
    row.reliability = 0.5;
    rows.push_back(row);
  }
  snapshot view;
  view.version = version;
  view.rows = std::move(rows);
  return view;
}

/// As many selections as fill so many batches.
void fill_batches(selector& own, selector::prepared& prepared, std::size_t batches) {
  for (std::size_t count = 0; count < batches * limits::samples_per_message_max; ++count) {
    REQUIRE(own.select(prepared));
  }
}

select_request asking(std::string objective = "improve it") {
  select_request request;
  request.objective = std::move(objective);
  request.required_capabilities = {"x", " Y"};
  return request;
}

}  // namespace

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

TEST_CASE("With profiling off no sample is taken") {
  selector_bench b;
  auto view = view_of(1, {"aaa"});
  view.profile_selections = false;
  b.put(view);
  auto own = b.make();
  REQUIRE(own.select(asking()));
  own.flush();
  b.world.run();
  CHECK(b.record.batches.empty());
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
