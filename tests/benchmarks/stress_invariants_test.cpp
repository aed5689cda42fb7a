// Each invariant of the stress benchmark is fed the breach that it is there for: a check that cannot bite is none.
#include "benchmarks/stress_invariants.hpp"

#include <catch2/catch.hpp>

using namespace planguild;         // NOLINT(google-build-using-namespace)
using namespace planguild::bench;  // NOLINT(google-build-using-namespace)

namespace {

failure of(failure_code code) {
  return make_failure(code, "as planted");
}

profile_report sums(std::uint64_t counted, std::size_t kept, std::uint64_t overwritten, std::uint64_t trimmed) {
  profile_report report;
  report.counted = counted;
  report.durations.count = counted;
  report.kept.selections.resize(kept);
  report.overwritten = overwritten;
  report.trimmed = trimmed;
  return report;
}

}  // namespace

TEST_CASE("A breach names the seed, and many of them are counted") {
  breach_list breaches{77};
  for (std::size_t i = 0; i < breach_list::kept_max + 3; ++i) breaches.add("something broke");
  CHECK(breaches.count() == breach_list::kept_max + 3);
  CHECK(breaches.sentences().front() == "something broke (seed 77)");
  CHECK(breaches.sentences().back() == "And 3 breaches more.");
}

TEST_CASE("A breach is told when it comes, as long as it is kept") {
  std::vector<std::string> told;
  breach_list breaches{7, [&told](const std::string& sentence) { told.push_back(sentence); }};
  breaches.add("something broke");
  CHECK(told == std::vector<std::string>{"something broke (seed 7)"});
  for (std::size_t i = 0; i < breach_list::kept_max; ++i) breaches.add("something broke");
  CHECK(told.size() == breach_list::kept_max);
}

TEST_CASE("One snapshot version and one request have one answer") {
  breach_list breaches{1};
  answer_book book{breaches};
  book.check(answer_path::selector, 5, 3, "alpha_planner", 0.5, 4);
  SECTION("the same one by the other way is compared") {
    book.check(answer_path::message, 5, 3, "alpha_planner", 0.5, 4);
    CHECK(book.compared_across() == 1);
    CHECK(breaches.count() == 0);
  }
  SECTION("another version or request may differ") {
    book.check(answer_path::message, 6, 3, "beta_planner", 0.7, 4);
    book.check(answer_path::message, 5, 4, "beta_planner", 0.7, 4);
    CHECK(breaches.count() == 0);
  }
  SECTION("another planner is a breach") {
    book.check(answer_path::message, 5, 3, "beta_planner", 0.5, 4);
    CHECK(breaches.count() == 1);
  }
  SECTION("a score that differs in its last bit is a breach") {
    book.check(answer_path::selector, 5, 3, "alpha_planner", 0.50000000000000011, 4);
    CHECK(breaches.count() == 1);
  }
  SECTION("another number of candidates is a breach") {
    book.check(answer_path::selector, 5, 3, "alpha_planner", 0.5, 5);
    CHECK(breaches.count() == 1);
  }
}

TEST_CASE("The book of answers stays useful over any number of versions") {
  breach_list breaches{1};
  answer_book book{breaches};
  for (std::uint64_t version = 1; version <= 200'000; ++version) {
    book.check(answer_path::selector, version, 1, "alpha_planner", 0.5, 4);
    book.check(answer_path::message, version, 1, version == 199'999 ? "beta_planner" : "alpha_planner", 0.5, 4);
  }
  CHECK(book.compared_across() > 190'000);
  CHECK(breaches.count() == 1);
}

TEST_CASE("Every request is answered exactly once") {
  breach_list breaches{1};
  request_ledger ledger{"a client", breaches};
  const auto first = ledger.sent(operation::select);
  const auto second = ledger.sent(operation::acquire);
  ledger.answered(first);
  SECTION("once each is right") {
    ledger.answered(second);
    ledger.close();
    CHECK(breaches.count() == 0);
    CHECK(ledger.successes()[static_cast<std::size_t>(operation::select)] == 1);
  }
  SECTION("what was refused at once owes no answer") {
    ledger.refused(second);
    ledger.close();
    CHECK(breaches.count() == 0);
  }
  SECTION("a second answer is a breach") {
    ledger.answered(first);
    CHECK(breaches.count() == 1);
  }
  SECTION("a lost answer is a breach") {
    ledger.close();
    REQUIRE(breaches.count() == 1);
    CHECK(breaches.sentences().front() == "a client: 1 requests of acquire were never answered (seed 1)");
  }
}

TEST_CASE("A failure must be one that the situation allows") {
  CHECK(may_fail_with(operation::select, failure_code::no_candidate, {}));
  CHECK_FALSE(may_fail_with(operation::select, failure_code::quarantined, {}));
  CHECK(may_fail_with(operation::acquire, failure_code::load_failed, {}));
  CHECK(may_fail_with(operation::acquire, failure_code::cancelled, {false, false, true}));
  CHECK_FALSE(may_fail_with(operation::acquire, failure_code::cancelled, {false, true, false}));
  CHECK(may_fail_with(operation::plan, failure_code::deadline_exceeded, {false, true, false}));
  CHECK_FALSE(may_fail_with(operation::plan, failure_code::deadline_exceeded, {false, false, true}));
  CHECK(may_fail_with(operation::plan, failure_code::stopping, {true, false, false}));
  CHECK_FALSE(may_fail_with(operation::plan, failure_code::stopping, {false, true, true}));
  for (std::size_t what = 0; what < operation_count; ++what) {
    CHECK_FALSE(may_fail_with(static_cast<operation>(what), failure_code::internal, {true, true, true}));
    CHECK_FALSE(may_fail_with(static_cast<operation>(what), failure_code::not_found, {true, true, true}));
  }
  breach_list breaches{1};
  request_ledger ledger{"a client", breaches};
  ledger.called(operation::select, of(failure_code::no_candidate));
  CHECK(breaches.count() == 0);
  ledger.answered(ledger.sent(operation::select), of(failure_code::internal));
  CHECK(breaches.count() == 1);
}

TEST_CASE("At most one instance of a planner lives") {
  breach_list breaches{1};
  instance_watch watch{breaches};
  watch.started("alpha_planner");
  watch.started("alpha_planner");  // a probe beside it, before the watch begins
  watch.over("alpha_planner");
  watch.begin_watching();
  watch.over("alpha_planner");
  watch.started("alpha_planner");
  watch.started("beta_planner");
  CHECK(breaches.count() == 0);
  CHECK(watch.alive() == 2);
  SECTION("a second one is a breach") {
    watch.started("alpha_planner");
    CHECK(breaches.count() == 1);
  }
  SECTION("one after the other is right") {
    watch.over("alpha_planner");
    watch.started("alpha_planner");
    CHECK(breaches.count() == 0);
  }
  SECTION("one that ends twice is a breach") {
    watch.over("alpha_planner");
    watch.over("alpha_planner");
    CHECK(breaches.count() == 1);
  }
}

TEST_CASE("Nobody uses what an operator has quarantined before") {
  breach_list breaches{1};
  planner_board board{{"beta_planner", "alpha_planner"}, breaches};
  const auto before = board.now();
  board.quarantined("alpha_planner");
  const auto after = board.now();
  SECTION("a message on its way meanwhile may") {
    board.check_used("alpha_planner", before, "chosen");
    CHECK(breaches.count() == 0);
  }
  SECTION("others may be used") {
    board.check_used("beta_planner", after, "chosen");
    CHECK(breaches.count() == 0);
  }
  SECTION("a message sent afterwards may not") {
    board.check_used("alpha_planner", after, "chosen");
    CHECK(breaches.count() == 1);
  }
  SECTION("once it is being reinstated nothing is certain") {
    board.reinstating("alpha_planner");
    board.check_used("alpha_planner", after, "chosen");
    board.check_used("alpha_planner", board.now(), "chosen");
    CHECK(breaches.count() == 0);
    board.quarantined("alpha_planner");
    board.check_used("alpha_planner", after, "chosen");
    CHECK(breaches.count() == 0);
  }
  SECTION("a planner that nobody registered is a breach") {
    board.check_used("gamma_planner", after, "chosen");
    CHECK(breaches.count() == 1);
  }
}

TEST_CASE("Stale generations give no plan, and generations only grow") {
  breach_list breaches{1};
  planner_board board{{"alpha_planner"}, breaches};
  const auto before = board.now();
  board.check_generation("alpha_planner", before, 3);
  board.check_generation("alpha_planner", before, 2);  // asked before anybody knew better
  const auto after = board.now();
  board.check_plan("alpha_planner", before, 2, 2);
  board.check_plan("alpha_planner", after, 3, 3);
  CHECK(breaches.count() == 0);
  SECTION("a plan of a handle that was known to be stale is a breach") {
    board.check_plan("alpha_planner", after, 2, 2);
    CHECK(breaches.count() == 1);
  }
  SECTION("a plan of another generation than asked for is a breach") {
    board.check_plan("alpha_planner", after, 3, 4);
    CHECK(breaches.count() == 1);
  }
  SECTION("a generation that shrinks is a breach") {
    board.check_generation("alpha_planner", after, 2);
    CHECK(breaches.count() == 1);
  }
}

TEST_CASE("Samples that are counted are kept, overwritten or trimmed") {
  breach_list breaches{1};
  check_sum(sums(10, 4, 3, 3), sample_kind::selection, breaches);
  CHECK(breaches.count() == 0);
  SECTION("a wrong sum is a breach") {
    check_sum(sums(10, 4, 3, 2), sample_kind::selection, breaches);
    CHECK(breaches.count() == 1);
  }
  SECTION("a histogram that missed one is a breach") {
    auto report = sums(10, 4, 3, 3);
    report.durations.count = 9;
    check_sum(report, sample_kind::selection, breaches);
    CHECK(breaches.count() == 1);
  }
  SECTION("an uncounted drop is a breach") {
    check_balance("selections were answered", 7, 6, "were counted", breaches);
    CHECK(breaches.count() == 1);
  }
}
