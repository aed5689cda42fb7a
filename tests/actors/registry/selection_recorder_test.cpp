// Batches of selections, on a clock that the test moves.
#include "actors/registry/selection_recorder.hpp"

#include <catch2/catch.hpp>

using namespace planguild;

namespace {

class moved_clock final : public clock_source {
 public:
  std::int64_t monotonic_ms() const override { return now_ns / 1'000'000; }
  std::int64_t monotonic_ns() const override { return now_ns; }
  std::int64_t wall_ms() const override { return 1'000'000 + now_ns / 1'000'000; }
  std::int64_t now_ns = 0;
};

std::shared_ptr<const selection_sample> pattern(const std::string& best) {
  selection_sample sample;
  sample.best = best;
  return std::make_shared<const selection_sample>(sample);
}

}  // namespace

TEST_CASE("A batch tells once what came out alike, and of each selection when and how long") {
  moved_clock clock;
  selection_recorder recorder{0};
  const auto one = pattern("one");
  const auto two = pattern("two");
  selection_recorder::place of_one;
  selection_recorder::place of_two;
  clock.now_ns = 3'000'000;
  recorder.add(one, of_one, 1'000'000, clock);
  clock.now_ns = 5'000'000;
  recorder.add(two, of_two, 4'000'000, clock);
  recorder.add(one, of_one, 5'000'000, clock);
  CHECK(recorder.age_ms() == 2);
  const auto batch = recorder.take(7);
  CHECK(batch.dropped == 7);
  REQUIRE(batch.patterns.size() == 2);
  CHECK(batch.patterns[1].best == "two");
  REQUIRE(batch.points.size() == 3);
  CHECK(batch.points[0].duration_s == Approx(0.002));
  CHECK(batch.points[0].ts == Approx(1'000.003));
  CHECK(batch.points[1].pattern == 1);
  CHECK(batch.points[2].pattern == 0);
  CHECK(recorder.is_empty());
}

TEST_CASE("A pattern is told again in every batch, whether the one before was taken or forgotten") {
  moved_clock clock;
  selection_recorder recorder{0};
  const auto one = pattern("one");
  selection_recorder::place of_one;
  recorder.add(one, of_one, 0, clock);
  CHECK(recorder.take().patterns.size() == 1);
  recorder.add(one, of_one, 0, clock);
  recorder.add(one, of_one, 0, clock);
  CHECK(recorder.discard() == 2);
  CHECK(recorder.is_empty());
  recorder.add(one, of_one, 0, clock);
  const auto last = recorder.take();
  CHECK(last.patterns.size() == 1);
  CHECK(last.points.size() == 1);
}

TEST_CASE("A batch is full when a message may carry no more") {
  moved_clock clock;
  selection_recorder recorder{limits::samples_per_message_max};
  const auto one = pattern("one");
  selection_recorder::place of_one;
  for (std::size_t count = 1; count < limits::samples_per_message_max; ++count) recorder.add(one, of_one, 0, clock);
  CHECK_FALSE(recorder.is_full());
  recorder.add(one, of_one, 0, clock);
  CHECK(recorder.is_full());
}
