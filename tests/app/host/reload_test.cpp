// Reloading while real threads select, acquire and plan: nothing is lost, nothing happens twice, stale handles fail
// fast and addresses stay. Counts, not times; every wait is bounded.
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <thread>

#include "app/host/completion_queue.hpp"
#include "tests/app/host/builtin_guild.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;

namespace {

constexpr int planning_threads = 3;
constexpr int plans_per_thread = 50;
constexpr int queued_plans = 50;
constexpr int plans_in_all = planning_threads * plans_per_thread + queued_plans;
constexpr std::size_t queue_ahead = 4;
// Fewer plans than this are ever under way at once, so that a plan which a reload sends back to the end of the queue
// has its turn before it has been sent back three times, which is as often as a plan asks again.
constexpr int plans_between_reloads = 10;
constexpr int reloads = plans_in_all / plans_between_reloads - 1;

/// What one thread saw; looked at after it has ended.
struct witness {
  int asked = 0;
  int right = 0;
  std::string trouble;  // the first

  void count(bool is_right, const std::string& what) {
    ++asked;
    right += is_right ? 1 : 0;
    if (!is_right && trouble.empty()) trouble = what;
  }
};

std::string text_of(const std::optional<failure>& problem) {
  return problem ? std::string{to_string(problem->code)} + ": " + problem->message : "an answer to something else";
}

plan_request alpha_plan(const std::string& objective) {
  plan_request request;
  request.planner = "alpha";
  request.request.objective = objective;
  request.timeout_ms = 60'000;
  return request;
}

bool is_plan_of(const outcome<plan_reply>& reply, const std::string& objective) {
  return reply && reply->plan.objective == objective && reply->plan.order == std::vector<std::string>{"one"};
}

void plan_by_blocking_calls(runtime& guild, int thread, witness& seen) {
  for (int number = 0; number < plans_per_thread; ++number) {
    const auto objective = "plan " + std::to_string(thread) + "." + std::to_string(number);
    const auto reply = guild.plan(alpha_plan(objective));
    seen.count(is_plan_of(reply, objective), objective + ": " + text_of(reply.error));
  }
}

/// A few plans under way at once on one queue. Every callback must run, and once.
void plan_by_queue(runtime& guild, witness& seen) {
  completion_queue queue{guild};
  std::vector<int> told(queued_plans, 0);
  const auto end = std::chrono::steady_clock::now() + 120s;
  int submitted = 0;
  while ((submitted < queued_plans || queue.in_flight() > 0) && std::chrono::steady_clock::now() < end) {
    for (; submitted < queued_plans && queue.in_flight() < queue_ahead; ++submitted) {
      const auto objective = "queued " + std::to_string(submitted);
      const auto ticket =
          queue.submit(alpha_plan(objective), 60s, [&, objective, number = submitted](const auto& reply) {
            ++told[static_cast<std::size_t>(number)];
            seen.count(is_plan_of(reply, objective), objective + ": " + text_of(reply.error));
          });
      if (!ticket) seen.count(false, "not taken: " + text_of(ticket.error));
    }
    pollfd entry{queue.fd(), POLLIN, 0};
    (void)::poll(&entry, 1, 1'000);
    (void)queue.drain(16, 100ms);
  }
  for (const int times : told) {
    if (times != 1) seen.trouble = "a callback ran " + std::to_string(times) + " times";
  }
}

void select_until(const std::atomic<bool>& is_over, runtime& guild, witness& seen) {
  select_request request;
  request.objective = "improve it";
  request.required_capabilities = {"obeying"};
  do {
    const auto chosen = guild.select(request);
    seen.count(chosen && chosen->best == "alpha", text_of(chosen.error));
  } while (!is_over);
}

/// The address must stay, and the generation must never go back.
void acquire_until(const std::atomic<bool>& is_over, runtime& guild, const planner_handle& first, witness& seen) {
  auto generation = first.generation;
  do {
    const auto handle = guild.acquire({"alpha", 60'000, 0, {}});
    const bool is_right = handle && handle->address == first.address && handle->generation >= generation;
    seen.count(is_right, handle ? "another address, or an earlier generation" : text_of(handle.error));
    if (handle) generation = handle->generation;
  } while (!is_over);
}

/// Reloads each time that some more plans were made.
void reload_while_planning(builtin_guild& guild, witness& seen) {
  for (int number = 0; number < reloads; ++number) {
    const int next = (number + 1) * plans_between_reloads;
    for (int tries = 0; tries < 60'000 && guild.counts().planned < next; ++tries) std::this_thread::sleep_for(1ms);
    const auto report = guild.runtime().reload({});
    seen.count(report && report->discovery.planners == std::vector<std::string>{"alpha"}, text_of(report.error));
  }
}

outcome<plan_result> run(runtime& guild, const planner_handle& handle, const std::string& objective) {
  caf::scoped_actor self{guild.system()};
  run_plan work;
  work.generation = handle.generation;
  work.objective = objective;
  auto answer = compat::ask_blocking<outcome<plan_result>>(self, handle.address, 20'000, work);
  return answer ? *answer : outcome<plan_result>{*answer.error};
}

}  // namespace

TEST_CASE("Under reloads on real threads every plan is made and told once, and nobody is turned away") {
  builtin_guild guild({"alpha"});
  auto& runtime = guild.runtime();
  const auto first = runtime.acquire({"alpha", 20'000, 0, {}});
  REQUIRE(first);
  std::atomic<bool> is_over = false;
  std::vector<witness> planners(planning_threads + 1);
  witness selecting;
  witness acquiring;
  witness reloading;
  std::vector<std::thread> steady;
  steady.emplace_back([&] { select_until(is_over, runtime, selecting); });
  steady.emplace_back([&] { acquire_until(is_over, runtime, *first, acquiring); });
  std::vector<std::thread> threads;
  for (int thread = 0; thread < planning_threads; ++thread) {
    threads.emplace_back(
        [&, thread] { plan_by_blocking_calls(runtime, thread, planners[static_cast<std::size_t>(thread)]); });
  }
  threads.emplace_back([&] { plan_by_queue(runtime, planners.back()); });
  reload_while_planning(guild, reloading);
  for (auto& thread : threads) thread.join();
  is_over = true;
  for (auto& thread : steady) thread.join();

  for (const auto& seen : planners) {
    INFO(seen.trouble);
    CHECK(seen.asked == 50);
    CHECK(seen.right == seen.asked);
    CHECK(seen.trouble.empty());
  }
  for (const auto* seen : {&selecting, &acquiring, &reloading}) {
    INFO(seen->trouble);
    CHECK(seen->right == seen->asked);
  }
  CHECK(reloading.asked == reloads);
  const auto times = guild.counts().times();
  CHECK(times.size() == plans_in_all);
  CHECK(std::all_of(times.begin(), times.end(), [](const auto& each) { return each.second == 1; }));
  const auto last = runtime.acquire({"alpha", 20'000, 0, {}});
  REQUIRE(last);
  CHECK(last->address == first->address);
  CHECK(last->generation == first->generation + reloads);
}

TEST_CASE("A handle from before a reload is stale at once, even while its planner is busy with something long") {
  builtin_guild guild({"alpha"});
  auto& runtime = guild.runtime();
  const auto before = runtime.acquire({"alpha", 20'000, 0, {}});
  REQUIRE(before);
  outcome<plan_reply> given_up;
  std::thread long_one{[&] {
    auto request = alpha_plan("wait for cancel");
    request.timeout_ms = 60'000;
    given_up = runtime.plan(request);
  }};
  REQUIRE(guild.wait_until_planning());
  const auto reloaded = runtime.reload({});
  const auto stale = run(runtime, *before, "too late");
  // The long plan still has its planner: the stale one was answered without waiting for it.
  const int cancelled = guild.counts().cancelled;
  (void)runtime.stop(2'000);
  long_one.join();
  REQUIRE(reloaded);
  CHECK(reloaded->instances_draining == 1);
  REQUIRE_FALSE(stale);
  CHECK(stale.error->code == failure_code::stale_handle);
  CHECK(cancelled == 0);
  CHECK(guild.counts().times().count("too late") == 0);
}

TEST_CASE("After a reload the same address is stale for the old handle and works for a new one") {
  builtin_guild guild({"alpha"});
  auto& runtime = guild.runtime();
  const auto before = runtime.acquire({"alpha", 20'000, 0, {}});
  REQUIRE(before);
  REQUIRE(runtime.reload({}));
  const auto after = runtime.acquire({"alpha", 20'000, 0, {}});
  REQUIRE(after);
  CHECK(after->address == before->address);
  CHECK(after->generation == before->generation + 1);
  CHECK(run(runtime, *before, "the old way").error->code == failure_code::stale_handle);
  CHECK(run(runtime, *after, "the new way"));
}
