// Requests that wait for another actor are answered within their own timeout, whatever that actor does. Test scheduler
// and clock; the busy disk is discovery's actor held back.
#include <catch2/catch.hpp>

#include "tests/support/guild_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

struct busy_disk : guild_world {
  busy_disk() {
    env.add_planner("alpha");
    spawn();
    world.advance(10);
    world.hold(discovery);
  }
};

}  // namespace

#if !PLANGUILD_CAF_1  // there is no holding back of one actor
TEST_CASE("An acquire whose bytes cannot be looked at in time is deadline_exceeded, with a ticket or without") {
  busy_disk w;
  auto plain = w.acquire("alpha", 100);
  auto with_ticket = w.acquire("alpha", 100, 7);
  w.world.advance(99);
  CHECK_FALSE(plain->has_value());
  CHECK_FALSE(with_ticket->has_value());
  w.world.advance(1);
  CHECK(code_of(plain) == failure_code::deadline_exceeded);
  CHECK(code_of(with_ticket) == failure_code::deadline_exceeded);
  const auto starts = w.env.processes->starts("alpha");
  w.world.release();
  w.world.advance(50);
  CHECK(w.env.processes->starts("alpha") == starts);  // who has given up starts nothing
}

TEST_CASE("An acquire whose bytes are being looked at can be cancelled, and is told when the runtime stops") {
  busy_disk w;
  auto cancelled = w.acquire("alpha", 30'000, 7);
  auto stopped = w.acquire("alpha", 30'000);
  w.world.run();
  w.ask<ack>(cancel_work{7});
  w.world.run();
  CHECK(code_of(cancelled) == failure_code::cancelled);
  CHECK_FALSE(stopped->has_value());
  auto report = w.ask<stop_report>(stop_registry{1'000});
  w.world.advance(10);
  CHECK(code_of(stopped) == failure_code::stopping);
  CHECK(report->has_value());
  w.world.release();
}

TEST_CASE("A discover that waits for admissions as well has one timeout for both") {
  guild_world w;
  w.env.add_planner("alpha");
  w.env.processes->script("alpha").answer_delay_ms = 400;
  w.spawn(false);
  w.world.hold(w.discovery);
  auto given = w.ask<outcome<discovery_report>>(discover_request{false, true, 100});
  w.world.advance(80);
  w.world.release();
  w.world.advance(20);
  CHECK(code_of(given) == failure_code::deadline_exceeded);
}
#endif

TEST_CASE("A probe by name that takes longer than its request may is deadline_exceeded, and its verdict is kept") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  w.world.advance(10);
  w.env.processes->script("alpha").on_request = [&w](scripted_process& process, const nlohmann::json& request) {
    if (request["method"] == "self_test") {
      w.world.after(300, [&process] { process.exit(3); });
      return true;
    }
    return false;
  };
  auto given = w.ask<outcome<admission_verdict>>(probe_request{"alpha", 100});
  w.world.advance(101);
  CHECK(code_of(given) == failure_code::deadline_exceeded);
  CHECK(w.describe("alpha").admission == admission_state::admitted);
  w.world.advance(400);
  CHECK(w.describe("alpha").admission == admission_state::quarantined);
}
