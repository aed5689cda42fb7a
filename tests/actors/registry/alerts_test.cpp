// The alert rules: thresholds, what begins and what ends.
#include "actors/registry/alerts.hpp"

#include <catch2/catch.hpp>

using namespace planguild;  // NOLINT(google-build-using-namespace)

TEST_CASE("Import failures alert above the threshold, not at it") {
  alert_rules rules;
  const config settings;
  rules.note_import_failures(5);
  CHECK(rules.current(settings).empty());
  rules.note_import_failures(6);
  const auto now = rules.current(settings);
  REQUIRE(now.size() == 2);
  CHECK(now[0].kind == alert_kind::import_failures);
  CHECK(now[0].value == 6);
  CHECK(now[0].threshold == 5);
  CHECK(now[1].kind == alert_kind::import_failures_grown);
}

TEST_CASE("The first discovery cannot have grown") {
  alert_rules rules;
  rules.note_import_failures(3);
  CHECK(rules.current({}).empty());
}

TEST_CASE("The mean of the last ten constructions alerts above its threshold") {
  alert_rules rules;
  for (int i = 0; i < 5; ++i) rules.note_instantiation(10);
  CHECK(rules.current({}).front().kind == alert_kind::slow_instantiation);
  for (int i = 0; i < 10; ++i) rules.note_instantiation(1.0);
  CHECK(rules.current({}).empty());
  rules.note_instantiation(1.5);
  CHECK(rules.current({}).front().value == Approx(1.05));
}

TEST_CASE("An alert is told when it begins and when it ends, once each") {
  alert_rules rules;
  const config settings;
  rules.note_import_failures(9);
  auto changes = rules.changes(settings);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].began);
  CHECK(rules.changes(settings).empty());
  config tolerant;
  tolerant.alert_import_failures = 20;
  changes = rules.changes(tolerant);
  REQUIRE(changes.size() == 1);
  CHECK_FALSE(changes[0].began);
  CHECK(changes[0].alert.kind == alert_kind::import_failures);
}
