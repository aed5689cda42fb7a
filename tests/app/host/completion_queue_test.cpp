// The completion queue on a real runtime with builtin planners: every ticket ends exactly once, whatever happens to it.
#include "app/host/completion_queue.hpp"

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <thread>

#include "app/host/runtime.hpp"
#include "tests/app/host/builtin_guild.hpp"
#include "tests/app/host/event_loop.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;

TEST_CASE("A submitted operation makes the descriptor readable, and drain calls back on this thread") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime()};
  CHECK_FALSE(is_readable(queue));
  const auto here = std::this_thread::get_id();
  int calls = 0;
  select_request request;
  request.objective = "improve it";
  const auto ticket = queue.submit(request, 10s, [&](const outcome<selection>& answer) {
    ++calls;
    CHECK(std::this_thread::get_id() == here);
    REQUIRE(answer);
    CHECK(answer->best == "alpha");
  });
  REQUIRE(ticket);
  CHECK(queue.in_flight() == 1);
  REQUIRE(is_readable(queue, 10'000));
  CHECK(calls == 0);
  CHECK(queue.drain(10, 1s) == 1);
  CHECK(calls == 1);
  CHECK(queue.in_flight() == 0);
  CHECK_FALSE(is_readable(queue));
  CHECK_FALSE(queue.next_deadline());
}

TEST_CASE("Every operation can be submitted") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime()};
  std::map<std::string, std::string> answers;
  std::size_t submitted = 0;
  auto ask = [&](auto request) {
    const std::string method{operation_traits<decltype(request)>::method};
    ++submitted;
    REQUIRE(queue.submit(std::move(request), 10s, [&answers, method](const auto& answer) {
      answers[method] = answer ? "ok" : std::string{to_string(answer.error->code)};
    }));
    REQUIRE(loop_until(queue, [&] { return answers.size() == submitted; }));
  };
  select_request selecting;
  selecting.objective = "improve it";
  ask(selecting);
  ask(select_many_request{{selecting, selecting}, 5'000});
  ask(batch_select_request{selecting, 3});
  ask(plan_of(""));
  ask(acquire_request{"alpha", 5'000, 0, {}});
  ask(discover_request{});
  ask(list_request{});
  ask(describe_request{"alpha", false, 5'000});
  ask(probe_request{"alpha", 5'000});
  ask(health_request{});
  ask(heal_request{});
  ask(reload_request{});
  ask(quarantine_request{"alpha", "a test", 5'000});
  ask(reinstate_request{"alpha", "a test", 5'000});
  ask(configure_request{{{"FACTORY_MAX_PROFILES", "10"}}});
  ask(stats_request{});
  ask(profiles_request{});
  ask(diagnostics_request{});
  for (const auto& [method, answer] : answers) {
    INFO(method);
    CHECK(answer == "ok");
  }
  CHECK(answers.size() == 18);
}

TEST_CASE("Over the bound a submit is overloaded at once, and its callback never runs") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime(), {2, 16, 2}};
  int calls = 0;
  auto count = [&](const auto&) { ++calls; };
  REQUIRE(queue.submit(plan_of("alpha", "sleep 200"), 10s, count));
  REQUIRE(queue.submit(plan_of("alpha", "sleep 200"), 10s, count));
  const auto refused = queue.submit(stats_request{}, 10s, count);
  REQUIRE_FALSE(refused);
  CHECK(refused.error->code == failure_code::overloaded);
  CHECK(loop_until(queue, [&] { return calls == 2; }));
  CHECK(queue.submit(stats_request{}, 10s, count));
  CHECK(loop_until(queue, [&] { return calls == 3; }));
}

TEST_CASE("A cancelled plan ends with cancelled, and the planner hears of it") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime()};
  std::optional<failure_code> code;
  const auto ticket = queue.submit(plan_of("alpha", "wait for cancel"), 20s,
                                   [&](const outcome<plan_reply>& answer) { code = answer.error->code; });
  REQUIRE(ticket);
  REQUIRE(guild.wait_until_planning());
  CHECK(queue.cancel(*ticket));
  CHECK_FALSE(queue.cancel(*ticket));
  REQUIRE(is_readable(queue));
  queue.drain(10, 1s);
  CHECK(code == failure_code::cancelled);
  CHECK(guild.wait_until_cancelled());
  CHECK_FALSE(queue.cancel(*ticket));
}

TEST_CASE("A ticket whose time runs out ends with deadline_exceeded at next_deadline, not before") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime()};
  std::optional<failure_code> code;
  const auto before = std::chrono::steady_clock::now();
  REQUIRE(queue.submit(plan_of("alpha", "wait for cancel"), 300ms,
                       [&](const outcome<plan_reply>& answer) { code = answer.error->code; }));
  REQUIRE(queue.next_deadline());
  CHECK(*queue.next_deadline() >= before + 300ms);
  CHECK(loop_until(queue, [&] { return code.has_value(); }));
  CHECK(code == failure_code::deadline_exceeded);
  CHECK(std::chrono::steady_clock::now() >= before + 290ms);
  std::optional<failure_code> at_once;
  REQUIRE(
      queue.submit(stats_request{}, 0ms, [&](const outcome<stats_report>& answer) { at_once = answer.error->code; }));
  CHECK(is_readable(queue));
  queue.drain(10, 1s);
  CHECK(at_once == failure_code::deadline_exceeded);
}

TEST_CASE("Callbacks may submit and cancel, and what one throws leaves the queue whole") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime()};
  int depth = 0;
  std::function<void(const outcome<stats_report>&)> again = [&](const outcome<stats_report>&) {
    CHECK(queue.drain(10, 1s) == 0);
    if (++depth < 5) REQUIRE(queue.submit(stats_request{}, 10s, again));
  };
  REQUIRE(queue.submit(stats_request{}, 10s, again));
  CHECK(loop_until(queue, [&] { return depth == 5; }));
  int after = 0;
  REQUIRE(queue.submit(stats_request{}, 10s, [](const auto&) { throw std::runtime_error("a host's own mistake"); }));
  REQUIRE(queue.submit(stats_request{}, 10s, [&](const auto&) { ++after; }));
  CHECK_THROWS_AS(loop_until(queue, [] { return false; }), std::runtime_error);
  CHECK(loop_until(queue, [&] { return after == 1; }));
}

TEST_CASE("Drain stops at its bound of items, and the descriptor stays readable for the rest") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime()};
  int calls = 0;
  for (int i = 0; i < 5; ++i) REQUIRE(queue.submit(stats_request{}, 0ms, [&](const auto&) { ++calls; }));
  CHECK(queue.drain(2, 1s) == 2);
  CHECK(calls == 2);
  CHECK(is_readable(queue));
  CHECK(queue.drain(100, 1s) == 3);
  CHECK_FALSE(is_readable(queue));
}

TEST_CASE("Closing with work in flight says what was dropped, and no callback runs afterwards") {
  builtin_guild guild({"alpha"});
  int calls = 0;
  {
    completion_queue queue{guild.runtime()};
    REQUIRE(queue.submit(plan_of("alpha", "wait for cancel"), 20s, [&](const auto&) { ++calls; }));
    REQUIRE(queue.submit(plan_of("alpha", "wait for cancel"), 20s, [&](const auto&) { ++calls; }));
    REQUIRE(queue.submit(acquire_request{"alpha", 5'000, 0, {}}, 20s, [&](const auto&) { ++calls; }));
    REQUIRE(guild.wait_until_planning());
    const auto report = queue.close();
    CHECK(report.dropped == 3);
    CHECK(report.by_method == decltype(report.by_method){{"acquire", 1}, {"plan", 2}});
    CHECK(guild.wait_until_cancelled());
    CHECK(queue.drain(10, 1s) == 0);
    CHECK_FALSE(queue.submit(stats_request{}, 1s, [&](const auto&) { ++calls; }));
    CHECK(queue.close().dropped == 3);
  }
  {
    completion_queue queue{guild.runtime()};
    REQUIRE(queue.submit(plan_of("alpha", "wait for cancel"), 20s, [&](const auto&) { ++calls; }));
  }
  CHECK(calls == 0);
}

TEST_CASE("Events arrive through drain, bounded, and what was dropped is told") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime(), {16, 4, 2}};
  std::vector<runtime_event> events;
  std::uint64_t lost = 0;
  const auto subscription =
      queue.subscribe({false, false, true}, [&](const runtime_event& event, std::uint64_t dropped) {
        events.push_back(event);
        lost += dropped;
      });
  REQUIRE(subscription);
  REQUIRE(queue.subscribe({false, false, false}, [](const auto&, auto) {}));
  CHECK(queue.subscribe({}, [](const auto&, auto) {}).error->code == failure_code::overloaded);
  auto word = [&] {
    REQUIRE(guild.runtime().quarantine({"alpha", "a test", 5'000}));
    REQUIRE(guild.runtime().reinstate({"alpha", "a test", 5'000}));
  };
  word();
  REQUIRE(loop_until(queue, [&] { return events.size() >= 2; }));
  for (int i = 0; i < 10; ++i) word();
  const auto before = events.size();
  REQUIRE(loop_until(queue, [&] { return events.size() > before; }));
  while (queue.drain(100, 10ms) > 0) {
  }
  word();
  REQUIRE(loop_until(queue, [&] { return lost > 0; }));
  queue.unsubscribe(*subscription);
  const auto heard = events.size();
  word();
  queue.drain(100, 10ms);
  CHECK(events.size() == heard);
}

TEST_CASE("After the runtime was stopped every ticket ends with stopping") {
  builtin_guild guild({"alpha"});
  completion_queue queue{guild.runtime()};
  (void)guild.runtime().stop(1'000);
  std::optional<failure_code> code;
  REQUIRE(queue.submit(select_request{}, 10s, [&](const outcome<selection>& answer) { code = answer.error->code; }));
  CHECK(loop_until(queue, [&] { return code.has_value(); }));
  CHECK(code == failure_code::stopping);
}

namespace {

/// One host thread with four queues that does at random what hosts do. Every ticket must end exactly once.
class storm {
 public:
  storm(runtime& guild, std::uint32_t seed) : guild_(guild), random_(seed) {
    for (int i = 0; i < 4; ++i) queues_.push_back(make_queue());
  }

  void step() {
    auto& owner = queues_[random_() % queues_.size()];
    switch (random_() % 8) {
      case 0:
        return submit(*owner, plan_of("", chance(3) ? "sleep 5" : "improve it"));
      case 1:
        return submit(*owner, acquire_request{chance(5) ? "nobody" : "alpha", 5'000, 0, {}});
      case 2:
        return submit(*owner, stats_request{});
      case 3:
      case 4:
        return submit(*owner, select_request{});
      case 5:
        return cancel_one();
      case 6:
        if (chance(200)) {  // a queue goes with all that it has
          dropped_ += owner->close().dropped;
          owner = make_queue();
        }
        return;
      default:
        owner->drain(random_() % 20, 5ms);
    }
  }

  /// Lets everything end; what went wrong, or nothing.
  std::string verdict() {
    std::string problem;
    for (auto& queue : queues_) {
      if (!loop_until(*queue, [&] { return queue->in_flight() == 0; })) {
        problem += std::to_string(queue->in_flight()) + " tickets never ended; ";
      }
    }
    for (const auto count : ends_) {
      if (count > 1) problem += "a ticket ended " + std::to_string(count) + " times; ";
    }
    if (finished_ + dropped_ != submitted_) {
      problem += std::to_string(submitted_) + " submitted, " + std::to_string(finished_) + " ended, " +
                 std::to_string(dropped_) + " dropped; ";
    }
    return problem;
  }

 private:
  std::unique_ptr<completion_queue> make_queue() {
    return std::make_unique<completion_queue>(guild_, completion_queue_options{64, 64, 4});
  }
  bool chance(unsigned of) { return random_() % of == 0; }

  template <class Request>
  void submit(completion_queue& queue, Request request) {
    const auto number = ends_.size();
    ends_.push_back(0);
    const auto timeout = chance(4) ? std::chrono::milliseconds(random_() % 20) : 10'000ms;
    const auto ticket = queue.submit(std::move(request), timeout, [this, number](const auto&) {
      ++finished_;
      ++ends_[number];
    });
    if (!ticket) return;
    ++submitted_;
    open_.emplace_back(&queue, *ticket);
    if (open_.size() > 1'000) open_.erase(open_.begin(), open_.begin() + 500);
  }

  void cancel_one() {
    if (open_.empty()) return;
    const auto which = open_[random_() % open_.size()];
    for (auto& each : queues_) {
      if (each.get() == which.first) each->cancel(which.second);
    }
  }

  runtime& guild_;
  std::mt19937 random_;
  std::vector<std::unique_ptr<completion_queue>> queues_;
  std::vector<int> ends_;  // by submission
  std::vector<std::pair<completion_queue*, std::uint64_t>> open_;
  std::uint64_t submitted_ = 0;
  std::uint64_t finished_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace

TEST_CASE("In a storm of four threads with four queues each every ticket ends exactly once") {
  const auto* length = std::getenv("PLANGUILD_STORM_S");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(length != nullptr ? std::atoi(length) : 2);
  const auto* given = std::getenv("PLANGUILD_SEED");
  const auto seed =
      given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
  std::cout << "storm: PLANGUILD_SEED=" << seed << "\n";
  builtin_guild guild({"alpha", "beta"});
  std::array<std::string, 4> problems;
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      storm host(guild.runtime(), seed + i);
      while (std::chrono::steady_clock::now() < until) host.step();
      problems.at(i) = host.verdict();
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& problem : problems) CHECK(problem == "");
}
