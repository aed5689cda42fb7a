// What is easy to get wrong in a completion queue: answers that are neither here nor there, giving up that overtakes
// the request, bounds that only look bounded, callbacks that own things. On a real runtime with builtin planners.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <thread>

#include "app/host/completion_queue.hpp"
#include "app/host/runtime.hpp"
#include "tests/app/host/builtin_guild.hpp"
#include "tests/app/host/event_loop.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;

namespace {

/// Two answers, of which drain has run one: the other one is taken over, and waits.
struct two_answers {
  explicit two_answers(completion_queue& queue, std::chrono::milliseconds timeout) {
    for (auto& code : codes) {
      tickets.push_back(*queue.submit(stats_request{}, timeout, [&code](const outcome<stats_report>& answer) {
        code = answer ? "ok" : std::string{to_string(answer.error->code)};
      }));
    }
    std::this_thread::sleep_for(300ms);  // by now both are there
    REQUIRE(queue.drain(1, 1s) == 1);
  }
  std::size_t waiting() const { return codes[0].empty() ? 0 : 1; }

  std::array<std::string, 2> codes;
  std::vector<completion_queue::ticket> tickets;
};

}  // namespace

TEST_CASE("An answer that drain has not reached yet cannot be cancelled") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime()};
  const two_answers two{queue, 10s};
  const auto waiting = two.waiting();
  CHECK_FALSE(queue.cancel(two.tickets[waiting]));
  CHECK(queue.drain(10, 1s) == 1);
  CHECK(two.codes[waiting] == "ok");
}

TEST_CASE("An answer that came in time is not late because drain is") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime()};
  const two_answers two{queue, 600ms};
  const auto waiting = two.waiting();
  std::this_thread::sleep_for(500ms);
  CHECK(queue.drain(10, 1s) == 1);
  CHECK(two.codes[waiting] == "ok");
}

TEST_CASE("An acquire that is cancelled at once starts nobody") {
  std::vector<std::string> names;
  for (int i = 0; i < 24; ++i) names.push_back("planner_" + std::to_string(i));
  builtin_guild guild(names);
  guild.counts().start_ms = 200;
  completion_queue queue{guild.runtime()};
  std::size_t cancelled = 0;
  for (const auto& name : names) {
    const auto ticket = queue.submit(acquire_request{name, 20'000, 0, {}}, 20s, [&](const auto& answer) {
      cancelled += !answer && answer.error->code == failure_code::cancelled ? 1 : 0;
    });
    REQUIRE(ticket);
    CHECK(queue.cancel(*ticket));
  }
  REQUIRE(loop_until(queue, [&] { return cancelled == names.size(); }));
  std::this_thread::sleep_for(1s);  // what was started all the same would be there by now
  CHECK(guild.runtime().stats({})->total_instantiations == 0);
}

TEST_CASE("A plan that is cancelled at any moment leaves its planner free") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime()};
  REQUIRE(guild.runtime().acquire({"alpha", 10'000, 0, {}}));
  for (int round = 0; round < 400; ++round) {
    INFO("round " << round);
    std::optional<bool> ended;
    const auto ticket = queue.submit(plan_of("alpha", "wait for cancel"), 30s, [&](const auto&) { ended = true; });
    REQUIRE(ticket);
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(round);
    while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
    REQUIRE(queue.cancel(*ticket));
    REQUIRE(loop_until(queue, [&] { return ended.has_value(); }));
    if (round % 20 == 0) {
      auto probe = plan_of("alpha", "improve it");
      probe.timeout_ms = 5'000;
      REQUIRE(guild.runtime().plan(probe));
    }
  }
}

TEST_CASE("Operations that were given up but still run count against the bound") {
  builtin_guild guild({"alpha"});
  guild.counts().start_ms = 1'000;
  completion_queue queue{guild.runtime(), {4, 16, 2}};
  int accepted = 0;
  for (int i = 0; i < 50; ++i) {
    const auto ticket = queue.submit(probe_request{"alpha", 20'000}, 20s, [](const auto&) {});
    if (!ticket) {
      CHECK(ticket.error->code == failure_code::overloaded);
      continue;
    }
    ++accepted;
    REQUIRE(queue.cancel(*ticket));
    queue.drain(10, 1s);
  }
  CHECK(accepted == 4);
  CHECK(queue.in_flight() == 0);
  CHECK(loop_until(queue, [&] { return static_cast<bool>(queue.submit(stats_request{}, 1s, [](const auto&) {})); }));
}

TEST_CASE("Operations reach the runtime in the order of their submission") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime()};
  for (int round = 0; round < 50; ++round) {
    int ended = 0;
    for (int i = 1; i <= 20; ++i) {
      REQUIRE(queue.submit(configure_request{{{"FACTORY_MAX_PROFILES", std::to_string(round * 20 + i)}}}, 10s,
                           [&](const auto&) { ++ended; }));
    }
    REQUIRE(loop_until(queue, [&] { return ended == 20; }));
    const auto report = guild.runtime().diagnostics({false, 10'000});
    REQUIRE(report);
    for (const auto& [variable, text] : report->configuration) {
      if (variable == "FACTORY_MAX_PROFILES") REQUIRE(text == std::to_string(round * 20 + 20));
    }
  }
}

namespace {

/// What one subscription heard, and how much it was told to have missed.
struct listener {
  listener(completion_queue& queue, event_filter filter) {
    REQUIRE(queue.subscribe(
        filter,
        [this](const runtime_event& event, std::uint64_t dropped) {
          heard.push_back(event);
          missed += dropped;
        },
        [this](const failure& reason) { end = reason.code; }));
  }
  std::vector<runtime_event> heard;
  std::uint64_t missed = 0;
  std::optional<failure_code> end;
};

constexpr event_filter states{false, true, false};
constexpr event_filter admissions{false, false, true};

}  // namespace

TEST_CASE("Each subscription is told of its own losses, and the newest events are kept") {
  builtin_guild guild({"alpha"});
  completion_queue narrow{guild.runtime(), {16, 2, 2}};
  completion_queue wide{guild.runtime()};
  const listener some_states{narrow, states};
  const listener some_admissions{narrow, admissions};
  const listener all_states{wide, states};
  const listener all_admissions{wide, admissions};
  std::size_t words = 0;
  auto say = [&](bool allowed) {
    ++words;
    REQUIRE((allowed ? guild.runtime().reinstate({"alpha", "", 5'000})
                     : guild.runtime().quarantine({"alpha", "a test", 5'000})));
  };
  auto last = [](const listener& who) { return who.heard.empty() ? 0 : who.heard.back().sequence; };
  auto eventually = [&](auto done) {
    for (int i = 0; i < 20'000 && !done(); ++i) {
      std::this_thread::sleep_for(1ms);
      wide.drain(100, 1s);
      if (all_admissions.heard.size() == words) narrow.drain(100, 1s);
    }
    return done();
  };
  auto all_drained = [&] {
    return words == all_admissions.heard.size() &&
           std::max(last(some_states), last(some_admissions)) == std::max(last(all_states), last(all_admissions));
  };
  auto all_told = [&] {
    return some_states.heard.size() + some_states.missed == all_states.heard.size() &&
           some_admissions.heard.size() + some_admissions.missed == all_admissions.heard.size();
  };
  for (int i = 0; i < 10; ++i) say(i % 2 == 1);
  REQUIRE(eventually(all_drained));
  // A subscription is told with its next event, and the two newest that are kept may both be the other's.
  for (int round = 0; round == 0 || (round < 100 && !all_told()); ++round) {
    say(false);
    say(true);
    REQUIRE(eventually(all_drained));
  }
  CHECK(all_told());
  CHECK(some_states.missed + some_admissions.missed > 0);
}

TEST_CASE("A subscription says when the runtime has stopped") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime(), {16, 16, 1}};
  const listener hearing{queue, states};
  (void)guild.runtime().stop(1'000);
  CHECK(loop_until(queue, [&] { return hearing.end.has_value(); }));
  CHECK(hearing.end == failure_code::stopping);
  const listener deaf{queue, states};  // there is room again
  CHECK(loop_until(queue, [&] { return deaf.end.has_value(); }));
  CHECK(deaf.end == failure_code::stopping);
}

TEST_CASE("What a callback owns may speak to the queue when it goes with it") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime()};
  int gone = 0;
  std::vector<completion_queue::ticket> tickets;
  for (int i = 0; i < 20; ++i) {
    const std::shared_ptr<void> owned{nullptr, [&](void*) {
                                        ++gone;
                                        for (const auto ticket : tickets) CHECK_FALSE(queue.cancel(ticket));
                                        CHECK_FALSE(queue.submit(stats_request{}, 1s, [](const auto&) {}));
                                        CHECK(queue.in_flight() == 0);
                                      }};
    tickets.push_back(*queue.submit(plan_of("alpha", "wait for cancel"), 20s, [owned](const auto&) {}));
  }
  CHECK(queue.close().dropped == 20);
  CHECK(gone == 20);
}

TEST_CASE("A runtime that stops ends every ticket that is in flight") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime()};
  int ended = 0;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(queue.submit(plan_of("alpha", "wait for cancel"), 60s, [&](const auto& answer) {
      CHECK_FALSE(answer);
      ++ended;
    }));
  }
  REQUIRE(queue.submit(acquire_request{"alpha", 60'000, 0, {}}, 60s, [&](const auto&) { ++ended; }));
  (void)guild.runtime().stop(1'000);
  CHECK(loop_until(queue, [&] { return ended == 4; }));  // long before their own timeouts
}
