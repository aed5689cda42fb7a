// What the registry makes of sandboxes: postures in records, verdicts that hold under their conditions only, starts
// that fail closed, and crashes that are remembered. Test scheduler and clock, scripted processes.
#include <catch2/catch.hpp>

#include "tests/support/guild_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

const std::string why =
    "no-host-reads needs landlock (ENOSYS); FACTORY_SANDBOX=require:no-host-writes,no-network goes on without it";

void refuse(planner_script& script) {
  script.posture.reset();
  script.on_start = [](scripted_process& process) { process.refuse(posture_without_landlock(), why); };
}

/// Everything that was saved, as the next process recalls it.
store_contents recalled(const memory_store& store) {
  store_contents contents;
  for (const auto& update : store.updates) {
    contents.verdicts.insert(contents.verdicts.end(), update.verdicts.begin(), update.verdicts.end());
    for (const auto& report : update.crashes) {
      std::erase_if(contents.crashes, [&report](const auto& known) { return known.name == report.name; });
      contents.crashes.push_back(report);
    }
  }
  return contents;
}

void settle(guild_world& w) {
  w.spawn();
  w.world.advance(50);
}

answer<outcome<crash_report>> crash(guild_world& w, const std::string& planner) {
  auto given = w.ask<outcome<crash_report>>(crash_request{planner, false, 1'000});
  w.world.advance(1);
  return given;
}

}  // namespace

TEST_CASE("A record shows the posture of its last process, what it requests and what it is granted") {
  guild_world w;
  w.env.add_planner("alpha", R"("permissions":{"network":[80,443],"read":["/data/in"]},)");
  w.env.processes->script("alpha").posture = posture_without_landlock();
  w.configuration.sandbox.mode = sandbox_mode::best;
  w.configuration.grants = {{"alpha", {{443}, {}, {}}}, {"beta", {{}, {"/x"}, {}}}};
  settle(w);
  const auto record = w.describe("alpha");
  CHECK(record.admission == admission_state::admitted);
  CHECK(record.posture == posture_without_landlock());
  CHECK(record.sandbox == "no-host-writes, no-network");
  CHECK(record.requested == planner_permissions{{80, 443}, {"/data/in"}, {}});
  CHECK(record.granted == planner_permissions{{443}, {}, {}});
  CHECK(record.grants_needed == "alpha:network=80,alpha:network=443,alpha:read=/data/in,beta:read=/x");
  auto health = w.ask<outcome<health_report>>(health_request{});
  w.world.advance(1);
  CHECK((**health)->sandbox == "best; of 1 started: no-host-writes, no-network");
}

TEST_CASE("Health tells the weakest of the active planners, and who has not started") {
  guild_world w;
  w.env.add_planner("alpha");
  w.env.add_planner("beta");
  w.env.processes->script("beta").posture = posture_without_landlock();
  settle(w);
  auto health = w.ask<outcome<health_report>>(health_request{});
  w.world.advance(1);
  CHECK((**health)->sandbox == "require; of 2 started: no-host-writes, no-network");
  guild_world next;
  next.env.add_planner("alpha");
  next.env.store->contents = recalled(*w.env.store);
  settle(next);
  health = next.ask<outcome<health_report>>(health_request{});
  next.world.advance(1);
  CHECK((**health)->sandbox == "require; 1 not started yet");
  CHECK(next.describe("alpha").sandbox == "none");
}

TEST_CASE("A probe whose sandbox does not suffice fails closed, and who asks is told what to set") {
  guild_world w;
  w.env.add_planner("alpha");
  refuse(w.env.processes->script("alpha"));
  settle(w);
  CHECK(w.describe("alpha").admission == admission_state::quarantined);
  auto asked = w.acquire("alpha");
  w.world.advance(10);
  REQUIRE(code_of(asked) == failure_code::sandbox_insufficient);
  CHECK((*asked)->error->message == why);
  auto selected = w.select();
  w.world.advance(10);
  REQUIRE(code_of(selected) == failure_code::no_active_planner);
  CHECK((*selected)->error->message.find(why) != std::string::npos);
}

TEST_CASE("That the sandbox did not suffice is no verdict on the bytes: the next process probes again") {
  guild_world w;
  w.env.add_planner("alpha");
  refuse(w.env.processes->script("alpha"));
  settle(w);
  const auto stored = recalled(*w.env.store);
  CHECK(stored.verdicts.empty());
  guild_world next;
  next.env.add_planner("alpha");
  next.env.store->contents = stored;
  settle(next);
  CHECK(next.env.processes->starts("alpha") == 1);
  CHECK(next.describe("alpha").admission == admission_state::admitted);
}

TEST_CASE("A planner that was admitted and then lacks its sandbox fails closed at its start") {
  guild_world w;
  w.env.add_planner("alpha");
  settle(w);
  guild_world next;
  next.env.add_planner("alpha");
  next.env.store->contents = recalled(*w.env.store);
  refuse(next.env.processes->script("alpha"));
  settle(next);
  CHECK(next.describe("alpha").admission == admission_state::admitted);
  auto asked = next.acquire("alpha");
  next.world.advance(10);
  REQUIRE(code_of(asked) == failure_code::sandbox_insufficient);
  CHECK((*asked)->error->message == why);
  CHECK(next.describe("alpha").error == why);
  auto selected = next.select();
  next.world.advance(10);
  CHECK(code_of(selected) == failure_code::no_active_planner);
}

TEST_CASE("A verdict holds under the setting and the grants under which it was found, and no others") {
  guild_world first;
  first.env.add_planner("alpha", R"("permissions":{"network":[443]},)");
  first.configuration.sandbox.mode = sandbox_mode::off;
  settle(first);
  const auto stored = recalled(*first.env.store);
  REQUIRE(stored.verdicts.size() == 1);
  CHECK(stored.verdicts.front().conditions == "off");
  const auto probes = [&stored](const sandbox_policy& policy, const std::vector<planner_grants>& grants) {
    guild_world next;
    next.env.add_planner("alpha", R"("permissions":{"network":[443]},)");
    next.env.store->contents = stored;
    next.configuration.sandbox = policy;
    next.configuration.grants = grants;
    settle(next);
    return next.env.processes->starts("alpha");
  };
  const sandbox_policy off{sandbox_mode::off, {}};
  CHECK(probes(off, {}) == 0);
  CHECK(probes(off, {{"alpha", {{80}, {}, {}}}}) == 0);  // not requested, so nothing changes
  CHECK(probes({}, {}) == 1);
  CHECK(probes({sandbox_mode::best, {}}, {}) == 1);
  CHECK(probes(off, {{"alpha", {{443}, {}, {}}}}) == 1);
}

TEST_CASE("A planner that brought its worker down in the probe is not probed again until its bytes change") {
  store_contents stored;
  {
    guild_world w;
    w.env.add_planner("alpha");
    w.env.processes->script("alpha").on_start = [](scripted_process& process) { process.die(11, "ouch"); };
    settle(w);
    for (int round = 0; round < 3; ++round) {
      auto found = w.ask<outcome<discovery_report>>(discover_request{true, true, 1'000});
      w.world.advance(50);
    }
    CHECK(w.env.processes->starts("alpha") == 1);
    stored = recalled(*w.env.store);
  }
  guild_world next;
  next.env.add_planner("alpha");
  next.env.store->contents = stored;
  settle(next);
  CHECK(next.env.processes->starts("alpha") == 0);
  CHECK(next.describe("alpha").admission == admission_state::quarantined);
  next.env.files->put(next.env.root + "/alpha", "#!other bytes", 0755);
  auto found = next.ask<outcome<discovery_report>>(discover_request{true, true, 1'000});
  next.world.advance(50);
  CHECK(next.env.processes->starts("alpha") == 1);
  CHECK(next.describe("alpha").admission == admission_state::admitted);
}

TEST_CASE("The last crash is kept, also over a success, other bytes and the process") {
  store_contents stored;
  {
    guild_world w;
    w.env.add_planner("alpha");
    settle(w);
    CHECK(code_of(crash(w, "alpha")) == failure_code::not_found);
    (void)acquired(w, "alpha");
    w.env.processes->newest("alpha").die(11, "last words");
    w.world.advance(1'000);
    const auto given = crash(w, " Alpha ");
    REQUIRE(is_value(given));
    const auto& report = ***given;
    CHECK(report.name == "alpha");
    CHECK_FALSE(report.digest.empty());
    CHECK(report.posture == full_posture());
    CHECK(report.evidence.ending == process_ending::signalled);
    CHECK(report.evidence.signal == 11);
    CHECK(report.evidence.stderr_tail == "last words");
    stored = recalled(*w.env.store);
  }
  REQUIRE(stored.crashes.size() == 1);
  guild_world next;
  next.env.add_planner("alpha");
  next.env.store->contents = stored;
  settle(next);
  (void)acquired(next, "alpha");
  auto given = crash(next, "alpha");
  REQUIRE(is_value(given));
  CHECK(***given == stored.crashes.front());
  next.env.files->remove(next.env.root + "/alpha.planner.json");
  auto found = next.ask<outcome<discovery_report>>(discover_request{true, true, 1'000});
  next.world.advance(50);
  CHECK(is_value(crash(next, "alpha")));
  CHECK(code_of(crash(next, "nobody")) == failure_code::not_found);
}

TEST_CASE("A failed probe is a crash, too, and a later one takes its place") {
  guild_world w;
  w.env.add_planner("alpha");
  w.env.processes->script("alpha").on_start = [](scripted_process& process) { process.exit(3); };
  settle(w);
  auto given = crash(w, "alpha");
  REQUIRE(is_value(given));
  CHECK((**given)->evidence.exit_code == 3);
  w.env.processes->script("alpha").on_start = [](scripted_process& process) { process.exit(4); };
  auto probed = w.ask<outcome<admission_verdict>>(probe_request{"alpha", 1'000});
  w.world.advance(50);
  given = crash(w, "alpha");
  REQUIRE(is_value(given));
  CHECK((**given)->evidence.exit_code == 4);
  CHECK(recalled(*w.env.store).crashes.size() == 1);
}

TEST_CASE("An acquire's repository reaches the process, so that the plan needs one start") {
  guild_world w;
  w.env.add_planner("alpha");
  settle(w);
  auto given = w.ask<outcome<planner_handle>>(acquire{"alpha", 1'000, 0, "/repository"});
  w.world.advance(50);
  REQUIRE(is_value(given));
  CHECK(w.env.processes->newest("alpha").command().repository == "/repository");
}
