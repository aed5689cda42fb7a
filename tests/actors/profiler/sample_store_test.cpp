// Batches in, reports out.
#include "actors/profiler/sample_store.hpp"

#include <catch2/catch.hpp>

#include "messages/limits.hpp"

using namespace planguild;

namespace {

samples invocations(int first, int count) {
  samples batch;
  for (int index = first; index < first + count; ++index) {
    batch.invocations.push_back({"planner_" + std::to_string(index), 0.001 * index, "ok", 1.0 * index});
  }
  return batch;
}

bool adds_up(const profile_report& report, std::size_t kept) {
  return report.counted == kept + report.overwritten + report.trimmed;
}

}  // namespace

TEST_CASE("A report holds the newest samples of one kind, oldest first") {
  sample_store store(3);
  store.add(invocations(0, 5));
  samples others;
  others.selections.resize(2);
  others.instantiations.resize(1);
  store.add(others);
  const auto report = store.report({sample_kind::invocation, 2});
  REQUIRE(report.kept.invocations.size() == 2);
  CHECK(report.kept.invocations[0].name == "planner_3");
  CHECK(report.kept.invocations[1].name == "planner_4");
  CHECK(report.kept.selections.empty());
  CHECK(report.counted == 5);
  CHECK(report.overwritten == 2);
  CHECK(report.durations.count == 5);
  CHECK(report.durations.max_s == 0.004);
  CHECK(store.report({sample_kind::selection, 100}).kept.selections.size() == 2);
  CHECK(store.report({sample_kind::instantiation, 100}).counted == 1);
  CHECK(store.report({sample_kind::invocation, 0}).kept.invocations.empty());
  CHECK(store.report({sample_kind::invocation, -1}).kept.invocations.empty());
}

TEST_CASE("A smaller limit trims at once, and the accounts add up at every step") {
  sample_store store(10);
  store.add(invocations(0, 25));
  for (const std::int64_t limit : {4, 7, 0, -5, 2}) {
    store.set_limit({limit});
    store.add(invocations(100, 3));
    const auto report = store.report({sample_kind::invocation, 1'000});
    CHECK(report.kept.invocations.size() <= static_cast<std::size_t>(std::max<std::int64_t>(limit, 0)));
    CHECK(adds_up(report, report.kept.invocations.size()));
  }
  CHECK(store.report({sample_kind::invocation, 1'000}).counted == 40);
  CHECK(store.report({sample_kind::invocation, 1'000}).durations.count == 40);
}

TEST_CASE("What is over the bound of a message, and what the sender dropped, is counted") {
  sample_store store(limits::max_profiles_cap);
  auto batch = invocations(0, static_cast<int>(limits::samples_per_message_max) + 5);
  batch.dropped = 7;
  store.add(std::move(batch));
  const auto report = store.report({sample_kind::invocation, limits::max_profiles_cap});
  CHECK(report.counted == limits::samples_per_message_max);
  CHECK(report.dropped == 12);
  CHECK(report.kept.invocations.size() == limits::samples_per_message_max);
}

TEST_CASE("A limit beyond the cap is the cap") {
  sample_store store(limits::max_profiles_cap * 2);
  samples batch;
  batch.instantiations.resize(limits::samples_per_message_max);
  std::size_t sent = 0;
  while (sent <= static_cast<std::size_t>(limits::max_profiles_cap)) {
    store.add(batch);
    sent += batch.instantiations.size();
  }
  const auto report = store.report({sample_kind::instantiation, limits::max_profiles_cap * 2});
  CHECK(report.kept.instantiations.size() == static_cast<std::size_t>(limits::max_profiles_cap));
  CHECK(adds_up(report, report.kept.instantiations.size()));
}

TEST_CASE("A selector's batch is kept as its points, each with what its pattern says") {
  sample_store store(2);
  selection_batch batch;
  batch.patterns.resize(2);
  batch.patterns[0].best = "first";
  batch.patterns[1].best = "second";
  batch.points = {{0, 0.5, 1.0}, {1, 0.25, 2.0}, {0, 0.125, 3.0}, {2, 1.0, 4.0}};
  batch.dropped = 3;
  store.add(batch);
  const auto report = store.report({sample_kind::selection, 10});
  REQUIRE(report.kept.selections.size() == 2);
  CHECK(report.kept.selections[0].best == "second");
  CHECK(report.kept.selections[0].duration_s == 0.25);
  CHECK(report.kept.selections[1].best == "first");
  CHECK(report.kept.selections[1].ts == 3.0);
  CHECK(report.counted == 3);
  CHECK(report.dropped == 4);
  CHECK(report.durations.max_s == 0.5);
  CHECK(adds_up(report, 2));
}

TEST_CASE("Samples from before this runtime take the places that are free, and count nowhere") {
  sample_store store(5);
  store.recall(invocations(0, 4));
  auto report = store.report({sample_kind::invocation, 100});
  CHECK(report.earlier == invocations(0, 4));
  CHECK(report.kept == samples{});
  CHECK(report.counted == 0);
  CHECK(report.durations.count == 0);
  CHECK(store.report({sample_kind::invocation, 3}).earlier == invocations(1, 3));
  CHECK(store.report({sample_kind::invocation, 0}).earlier == samples{});
  CHECK(store.report({sample_kind::invocation, -1}).earlier == samples{});
  CHECK(store.report({sample_kind::selection, 100}).earlier == samples{});

  store.add(invocations(10, 3));
  report = store.report({sample_kind::invocation, 100});
  CHECK(report.earlier == invocations(2, 2));
  CHECK(report.kept == invocations(10, 3));
  CHECK(adds_up(report, 3));
  CHECK(store.report({sample_kind::invocation, 4}).earlier == invocations(3, 1));
  CHECK(store.report({sample_kind::invocation, 2}).earlier == samples{});

  store.add(invocations(13, 3));
  CHECK(store.report({sample_kind::invocation, 100}).earlier == samples{});
  store.set_limit({0});
  CHECK(store.report({sample_kind::invocation, 100}).earlier == samples{});
}

TEST_CASE("Each kept sample is given to be saved once, the newest so many at a time") {
  sample_store store(1'000);
  CHECK_FALSE(store.has_unsaved());
  store.recall(invocations(0, 4));
  CHECK_FALSE(store.has_unsaved());
  store.add(invocations(0, 3));
  CHECK(store.has_unsaved());
  CHECK(store.take_unsaved() == invocations(0, 3));
  CHECK_FALSE(store.has_unsaved());
  CHECK(store.take_unsaved() == samples{});

  constexpr auto most = static_cast<int>(limits::stored_samples_max);
  store.add(invocations(3, most + 7));
  CHECK(store.take_unsaved() == invocations(10, most));
  CHECK_FALSE(store.has_unsaved());
  store.set_limit({2});
  store.add(invocations(500, 3));
  CHECK(store.take_unsaved() == invocations(501, 2));
  store.set_limit({0});
  store.add(invocations(600, 3));
  CHECK_FALSE(store.has_unsaved());
}

TEST_CASE("What a caller typed is scrubbed before it is given to be saved") {
  sample_store store(10);
  samples batch;
  batch.selections.resize(1);
  batch.selections[0].required_caps = {"ghp_0123456789abcdefghijabcdefghij0123"};
  store.add(batch);
  const auto saved = store.take_unsaved();
  REQUIRE(saved.selections.size() == 1);
  CHECK(saved.selections[0].required_caps[0].find("0123456789") == std::string::npos);
}
