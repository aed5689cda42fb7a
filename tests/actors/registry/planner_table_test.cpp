// Records through discoveries, verdicts, outcomes and instances; times are chosen by the test.
#include "actors/registry/planner_table.hpp"

#include <catch2/catch.hpp>

#include "actors/registry/ranking.hpp"
#include "messages/limits.hpp"

using namespace planguild;

namespace {

using names = std::vector<std::string>;

found_planner planner(std::string name, std::string digest = "d1", bool production_ready = true) {
  found_planner found;
  found.manifest.name = std::move(name);
  found.manifest.version = "1.0.0";
  found.manifest.production_ready = production_ready;
  found.manifest.self_test = true;
  found.digest = std::move(digest);
  found.directory = "/planners";
  return found;
}

discovery_result discovered(std::vector<found_planner> planners) {
  discovery_result result;
  result.signature = "signature";
  result.planners = std::move(planners);
  return result;
}

admission_verdict verdict(std::string name, admission_state state = admission_state::admitted,
                          std::optional<bool> self_test = true, std::string digest = "d1") {
  return {std::move(name), std::move(digest), state, self_test, false, "", {}, "require", {}};
}

admission_verdict by_operator(std::string name, admission_state state) {
  return {std::move(name), "", state, {}, true, "said so", {}, {}, {}};
}

invocation_outcome outcome_of(std::string name, invocation_verdict verdict, double duration_s = 1) {
  return {std::move(name), 1, verdict, "ok", verdict == invocation_verdict::failed ? "broke" : "", duration_s, "d1"};
}

failure_evidence evidence_of(planner_stage stage, failure_code code, std::string message,
                             std::string stderr_tail = {}) {
  failure_evidence evidence;
  evidence.stage = stage;
  evidence.code = code;
  evidence.message = std::move(message);
  evidence.stderr_tail = std::move(stderr_tail);
  return evidence;
}

/// Three admitted planners at time 0.
planner_table three(config settings = {}) {
  planner_table table(std::move(settings));
  table.merge(discovered({planner("ccc"), planner("aaa"), planner("bbb")}), 0);
  for (const auto* name : {"aaa", "bbb", "ccc"}) {
    CHECK(table.apply_verdict(verdict(name), 0));
  }
  return table;
}

}  // namespace

TEST_CASE("A discovery rebuilds the records: new, other bytes, moved, gone, unchanged") {
  auto table = three();
  table.apply_outcome(outcome_of("aaa", invocation_verdict::failed), 10, 0);
  table.apply_outcome(outcome_of("bbb", invocation_verdict::failed), 10, 0);
  auto moved = planner("ccc");
  moved.directory = "/elsewhere";
  const auto changes = table.merge(discovered({planner("ddd"), moved, planner("aaa", "d2"), planner("eee")}), 20);
  CHECK(changes.added == names{"ddd", "eee"});
  CHECK(changes.changed == names{"aaa"});
  CHECK(changes.moved == names{"ccc"});
  CHECK(changes.removed == names{"bbb"});
  CHECK(changes.unchanged.empty());
  CHECK(table.admission("aaa") == admission_state::pending);
  CHECK(table.admission("ccc") == admission_state::admitted);
  CHECK_FALSE(table.contains("bbb"));
  CHECK(table.pending() == names{"aaa", "ddd", "eee"});
  // Reliability stays, over other bytes and even over a removal.
  CHECK(table.history("aaa")->failures() == 1);
  table.merge(discovered({planner("bbb")}), 30);
  CHECK(table.record("bbb", true, 30)->reliability.failures == 1);
  CHECK(table.report().runs == 3);
}

TEST_CASE("An unchanged discovery changes nothing and is no run") {
  auto table = three();
  discovery_result same;
  same.unchanged = true;
  const auto changes = table.merge(same, 5);
  CHECK(changes.unchanged == names{"aaa", "bbb", "ccc"});
  CHECK(changes.removed.empty());
  CHECK(table.report().unchanged);
  CHECK(table.report().runs == 1);
  CHECK(table.report().signature == "signature");
  CHECK(table.report().admitted == 3);
}

TEST_CASE("Pending is no candidate and has no reliability; it gets one when it is admitted") {
  planner_table table{config{}};
  table.merge(discovered({planner("aaa")}), 0);
  CHECK_FALSE(table.make_snapshot(0, 1).rows[0].reliability);
  CHECK_FALSE(table.record("aaa", false, 0)->reliability.score);
  CHECK(select(table.make_snapshot(0, 1), {}).error->code == failure_code::no_active_planner);
  table.apply_verdict(verdict("aaa"), 0);
  const auto view = table.make_snapshot(12.5, 4);
  CHECK(view.version == 4);
  CHECK(view.made_at_ms == 12'500);
  CHECK(view.rows[0].reliability == 0.5);
  CHECK(select(view, {})->best == "aaa");
}

TEST_CASE("A snapshot's reliability is rounded to four decimals, by name") {
  auto table = three();
  table.apply_outcome(outcome_of("bbb", invocation_verdict::success), 0, 0);
  const auto view = table.make_snapshot(0, 1);
  REQUIRE(view.rows.size() == 3);
  CHECK(view.rows[1].name == "bbb");
  CHECK(view.rows[1].reliability == 0.6667);
  CHECK(table.make_snapshot(900, 1).rows[1].reliability == 0.6);
}

TEST_CASE("A verdict on other bytes, or on nobody, is not applied") {
  auto table = three();
  CHECK_FALSE(table.apply_verdict(verdict("aaa", admission_state::quarantined, false, "old"), 1));
  CHECK_FALSE(table.apply_verdict(verdict("nobody"), 1));
  CHECK(table.admission("aaa") == admission_state::admitted);
}

TEST_CASE("What was said of the same bytes is known, here and from the store") {
  auto table = three();
  CHECK(table.known_verdict("aaa")->self_test_passed == true);
  table.merge(discovered({planner("aaa", "d2"), planner("bbb"), planner("ddd")}), 1);
  CHECK_FALSE(table.known_verdict("aaa"));
  CHECK_FALSE(table.known_verdict("ddd"));
  store_contents stored;
  stored.verdicts.push_back(verdict("ddd", admission_state::quarantined, false));
  stored.verdicts.push_back(verdict("aaa", admission_state::admitted, true, "d2"));
  table.apply_recall(stored, 2, 0);
  CHECK(table.known_verdict("ddd")->state == admission_state::quarantined);
  CHECK(table.known_verdict("aaa")->digest == "d2");
  // Back to the first bytes: not probed again.
  table.merge(discovered({planner("aaa", "d1")}), 3);
  CHECK(table.known_verdict("aaa")->digest == "d1");
}

TEST_CASE("An operator's word wins over verdicts, other bytes and the next discovery") {
  auto table = three();
  CHECK(table.apply_verdict(by_operator("AAA ", admission_state::quarantined), 1));
  CHECK(table.find_failure("aaa")->code == failure_code::quarantined);
  CHECK_THAT(table.find_failure("aaa")->message, Catch::Contains("by an operator: said so"));
  table.apply_verdict(verdict("aaa"), 2);
  CHECK(table.admission("aaa") == admission_state::quarantined);
  table.merge(discovered({planner("aaa", "d2")}), 3);
  CHECK(table.admission("aaa") == admission_state::quarantined);
  CHECK(table.current_verdict("aaa")->by_operator);
  // A success that was running does not lift it.
  CHECK_FALSE(table.apply_outcome(outcome_of("aaa", invocation_verdict::success, 100), 4, 0).lifted);
  table.apply_verdict(by_operator("aaa", admission_state::admitted), 5);
  CHECK(table.admission("aaa") == admission_state::admitted);
  table.apply_verdict(verdict("aaa", admission_state::quarantined, false, "d2"), 6);
  CHECK(table.admission("aaa") == admission_state::admitted);
  CHECK_FALSE(table.apply_verdict(by_operator("nobody", admission_state::quarantined), 7));
}

TEST_CASE("A recalled operator's word holds for records that are there and for those to come") {
  store_contents stored;
  stored.verdicts.push_back(by_operator("aaa", admission_state::quarantined));
  stored.verdicts.push_back(by_operator("ddd", admission_state::admitted));
  stored.reliabilities.push_back({"aaa", 1, 0, 0, 1, 0, 100, ""});
  auto table = three();
  table.apply_recall(stored, 1, 0);
  CHECK(table.admission("aaa") == admission_state::quarantined);
  CHECK(table.record("aaa", false, 1)->reliability.score == 0.6667);
  table.merge(discovered({planner("ddd")}), 2);
  CHECK(table.admission("ddd") == admission_state::admitted);
}

TEST_CASE("A quarantine is lifted by a success that was running when the verdict fell, unless the self-test failed") {
  auto table = three();
  const auto quarantined_at_100 = [&table](std::optional<bool> self_test) {
    table.apply_verdict(verdict("aaa", admission_state::quarantined, self_test), 100);
    CHECK(table.admission("aaa") == admission_state::quarantined);
  };
  quarantined_at_100(std::nullopt);
  CHECK_FALSE(table.apply_outcome(outcome_of("aaa", invocation_verdict::success, 5), 110, 0).lifted);
  CHECK_FALSE(table.apply_outcome(outcome_of("aaa", invocation_verdict::failed, 50), 110, 0).lifted);
  CHECK(table.apply_outcome(outcome_of("aaa", invocation_verdict::success, 15), 110, 0).lifted);
  CHECK(table.admission("aaa") == admission_state::admitted);
  quarantined_at_100(true);
  CHECK(table.apply_outcome(outcome_of("aaa", invocation_verdict::success, 1), 110, 0, 99).lifted);
  quarantined_at_100(false);
  CHECK_FALSE(table.apply_outcome(outcome_of("aaa", invocation_verdict::success, 15), 110, 0).lifted);
}

TEST_CASE("Outcomes count for reliability and give the store an increment; what is ignored does not") {
  auto table = three();
  const auto effect = table.apply_outcome(outcome_of("Aaa", invocation_verdict::failed, 2), 10, 77);
  REQUIRE(effect.increment);
  CHECK(effect.increment->name == "aaa");
  CHECK_FALSE(effect.increment->success);
  CHECK(effect.increment->duration_ms == 2'000);
  CHECK(effect.increment->error == "broke");
  CHECK(effect.increment->wall_ms == 77);
  CHECK(effect.increment->half_life_s == 900);
  CHECK_FALSE(table.apply_outcome(outcome_of("aaa", invocation_verdict::ignored), 10, 0).increment);
  CHECK_FALSE(table.apply_outcome(outcome_of("nobody", invocation_verdict::success), 10, 0).increment);
  const auto record = *table.record("aaa", true, 10);
  CHECK(record.reliability.invocations == 1);
  CHECK(record.reliability.mean_duration_ms == 2'000);
  CHECK(record.reliability.last_error == "broke");
}

TEST_CASE("A failed start makes a record no candidate, but it can be acquired; a success clears the error") {
  auto table = three();
  instance_state_changed news;
  news.name = "aaa";
  news.phase = instance_phase::idle;
  news.error = "exited at once";
  news.evidence = evidence_of(planner_stage::load, failure_code::load_failed, "exited at once", "noise");
  table.apply_instance_state(news);
  CHECK_FALSE(table.make_snapshot(0, 1).rows[0].is_active());
  CHECK_FALSE(table.find_failure("aaa"));
  CHECK(table.counts().with_error == 1);
  CHECK(table.record("aaa", true, 0)->evidence->stderr_tail == "noise");
  CHECK(table.list({}, 0).planners[0].evidence->stderr_tail.empty());
  list_request healthy;
  healthy.include_errors = false;
  CHECK(table.list(healthy, 0).planners.size() == 2);
  news.error.clear();
  table.apply_instance_state(news);  // idle without news of a success: the error stays
  CHECK(table.counts().with_error == 1);
  news.phase = instance_phase::running;
  news.generation = 3;
  news.start_duration_s = 0.2;
  table.apply_instance_state(news);
  CHECK(table.counts().with_error == 0);
  CHECK(table.record("aaa", true, 0)->instance == instance_phase::running);
  CHECK(table.record("aaa", true, 0)->generation == 3);
}

TEST_CASE("With quarantine disabled a planner that cannot start is admitted with an error") {
  config off;
  off.disable_quarantine = true;
  planner_table table(off);
  table.merge(discovered({planner("aaa")}), 0);
  auto bad = verdict("aaa", admission_state::quarantined, std::nullopt);
  bad.evidence = evidence_of(planner_stage::load, failure_code::load_failed, "missing");
  table.apply_verdict(bad, 0);
  const auto record = *table.record("aaa", true, 0);
  CHECK(record.admission == admission_state::admitted);
  CHECK_THAT(record.error, Catch::Contains("missing"));
  CHECK(record.evidence->code == failure_code::load_failed);
}

TEST_CASE("The live list keeps the order of registration, and a lone planner whatever its reliability") {
  config settings;
  settings.live_min_reliability = 0.45;
  auto table = three(settings);
  CHECK(table.live(0) == names{"ccc", "aaa", "bbb"});
  table.apply_outcome(outcome_of("aaa", invocation_verdict::failed), 0, 0);
  CHECK(table.live(0) == names{"ccc", "bbb"});
  CHECK(table.list({}, 0).live == names{"ccc", "bbb"});
  CHECK(table.list({}, 0).planners.size() == 3);
  table.merge(discovered({planner("aaa")}), 0);
  CHECK(table.live(0) == names{"aaa"});
}

TEST_CASE("Selections are counted among the last thousand") {
  auto table = three();
  table.note_selections("aaa", 3);
  CHECK(table.make_snapshot(0, 1).rows[0].selections == 3);
  table.note_selections("bbb", limits::selections_remembered - 1);
  CHECK(table.make_snapshot(0, 1).rows[0].selections == 1);
  CHECK(table.make_snapshot(0, 1).rows[1].selections == static_cast<std::int64_t>(limits::selections_remembered) - 1);
}

TEST_CASE("Who cannot be acquired is told why") {
  planner_table table{config{}};
  auto untested = planner("bbb", "d1", false);
  untested.manifest.self_test = false;
  auto result = discovered({planner("aaa"), untested});
  result.skipped = {{"ccc", skip_reason::not_allowed, "export FACTORY_ALLOWED_PLANNERS=aaa,bbb,ccc"},
                    {"ddd", skip_reason::blocked, "export PLANNERS_BLOCK="}};
  result.failures = {{"/planners/broken.planner.json", failure_code::invalid_manifest, "version is missing"}};
  table.merge(result, 0);
  table.apply_verdict(verdict("bbb", admission_state::admitted, std::nullopt), 0);
  CHECK(table.find_failure("aaa")->code == failure_code::deadline_exceeded);
  CHECK(table.find_failure("bbb")->code == failure_code::quarantined);
  CHECK_THAT(table.find_failure("bbb")->message, Catch::Contains("no self-test and not production-ready"));
  CHECK(table.find_failure(" CCC")->code == failure_code::not_allowed);
  CHECK(table.find_failure("ccc")->message ==
        "Planner not in ALLOWED_PLANNERS: ccc; export FACTORY_ALLOWED_PLANNERS=aaa,bbb,ccc");
  CHECK_THAT(table.find_failure("ddd")->message, Catch::StartsWith("Planner in PLANNERS_BLOCK: ddd"));
  CHECK_THAT(table.find_failure("broken")->message, Catch::Contains("version is missing"));
  CHECK(table.find_failure("zzz")->code == failure_code::not_found);
  CHECK_THAT(table.find_failure("zzz")->message, Catch::Contains("known: aaa, bbb"));
  CHECK(table.find_failure(std::string(100'000, 'x'))->message.size() < 4'096);
  CHECK(table.list({}, 0).skipped.size() == 2);
  CHECK(table.list({}, 0).import_failures.size() == 1);
}

TEST_CASE("Descriptions are cut, and shown only by describe") {
  auto long_winded = planner("aaa");
  long_winded.manifest.description.assign(2'000, 'x');
  planner_table table{config{}};
  table.merge(discovered({long_winded}), 0);
  CHECK(table.record("aaa", true, 0)->description.size() == limits::description_code_points);
  CHECK(table.list({}, 0).planners[0].description.empty());
}

TEST_CASE("Health counts what is there and suggests an action for each thing that is wrong") {
  auto table = three();
  auto report = table.health({}, 0);
  CHECK(report.ready);
  CHECK(report.suggestions.empty());
  CHECK(report.mean_reliability == 0.5);
  CHECK(report.min_reliability == 0.25);

  config settings;
  settings.min_reliability = 0.6;
  table.configure(settings);
  auto result = discovered({planner("aaa"), planner("bbb"), planner("ddd")});
  result.skipped = {{"eee", skip_reason::not_allowed, "export FACTORY_ALLOWED_PLANNERS=eee"}};
  result.failures = {{"/x.planner.json", failure_code::invalid_manifest, "empty"}};
  table.merge(result, 1);
  table.apply_verdict(verdict("bbb", admission_state::quarantined, false), 1);
  health_request request;
  request.min_required = 2;
  report = table.health(request, 1);
  CHECK_FALSE(report.ready);
  CHECK(report.active == 1);
  CHECK(report.pending == 1);
  CHECK(report.quarantined == 1);
  CHECK(report.records == 3);
  CHECK(report.import_failures == 1);
  REQUIRE(report.suggestions.size() == 5);
  CHECK_THAT(report.suggestions[0], Catch::StartsWith("Wait for 1"));
  CHECK_THAT(report.suggestions[1], Catch::StartsWith("Run `planguild probe bbb`"));
  CHECK_THAT(report.suggestions[2], Catch::StartsWith("Lower FACTORY_MIN_RELIABILITY to 0.5 or less"));
  CHECK_THAT(report.suggestions[3], Catch::Contains("export FACTORY_ALLOWED_PLANNERS=eee"));
  CHECK_THAT(report.suggestions[4], Catch::StartsWith("Run `planguild discover`"));

  planner_table empty{config{}};
  CHECK_FALSE(empty.health({}, 0).ready);
  CHECK(empty.health({}, 0).suggestions.size() == 1);
  CHECK_FALSE(empty.health({}, 0).mean_reliability);
}

TEST_CASE("An operator who was faster than the store is not overruled by what it remembers") {
  planner_table table{config{}};
  table.merge(discovered({planner("one"), planner("two")}), 0);
  table.apply_verdict(by_operator("one", admission_state::quarantined), 1);
  store_contents stored;
  stored.verdicts = {by_operator("one", admission_state::admitted), by_operator("two", admission_state::quarantined)};
  table.apply_recall(stored, 2, 0);
  CHECK(table.admission("one") == admission_state::quarantined);
  CHECK(table.admission("two") == admission_state::quarantined);
}

TEST_CASE("A snapshot shares with the one before what has not changed") {
  auto table = three();
  const auto before = table.make_snapshot(0, 1);
  CHECK(table.make_snapshot(0, 2).rows.shares_all_with(before.rows));
  table.note_selections("bbb", 1);
  const auto after = table.make_snapshot(0, 3);
  CHECK(after.rows.shared(0) == before.rows.shared(0));
  CHECK(before.rows[1].selections == 0);
  CHECK(after.rows[1].selections == 1);
}
