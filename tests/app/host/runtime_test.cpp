// The embedding API on a real actor system: builtin planners, many threads, several runtimes, stopping. Waits are for
// replies only; every wait is bounded by the request's own timeout.
#include "app/host/runtime.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "app/host/system/system.hpp"

using namespace planguild;  // NOLINT(google-build-using-namespace)

namespace {

std::atomic<int> constructions{0};

class counting_planner final : public builtin_planner {
 public:
  counting_planner() { ++constructions; }
  outcome<plan> generate_plan(const builtin_request& request) override {
    if (request.objective == "hang") {
      while (!request.cancelled()) {
        std::this_thread::yield();
      }
      return make_failure(failure_code::planner_error, "given up");
    }
    plan result;
    result.objective = request.objective;
    plan_task task;
    task.id = "one";
    task.title = "Do it";
    result.tasks.push_back(task);
    return result;
  }
};

builtin_registration registration(const std::string& name) {
  builtin_registration builtin;
  builtin.manifest.name = name;
  builtin.manifest.version = "1.0.0";
  builtin.manifest.capabilities = {"counting", "Adding"};
  builtin.manifest.production_ready = true;
  builtin.manifest.self_test = true;
  builtin.make = [] { return std::make_unique<counting_planner>(); };
  return builtin;
}

struct host {
  host() { prepare(configuration); }

  std::unique_ptr<runtime> make(const std::vector<std::string>& names) {
    system_options outside;
    outside.least_level = log_level::critical;
    for (const auto& name : names) {
      outside.builtins.push_back(registration(name));
    }
    runtime_options options;
    options.config.allowed_planners = {};
    options.outside = make_system_environment(outside).outside;
    options.builtins = outside.builtins;
    return std::make_unique<runtime>(system(), std::move(options));
  }
  caf::actor_system& system() {
    if (!inner) {
      inner = std::make_unique<caf::actor_system>(configuration);
    }
    return *inner;
  }

  caf::actor_system_config configuration;
  std::unique_ptr<caf::actor_system> inner;
};

}  // namespace

TEST_CASE("A host selects, plans and stops with a builtin planner") {
  host h;
  auto guild = h.make({"one_planner", "two_planner"});
  select_request request;
  request.objective = "improve it";
  auto selected = guild->select(request);
  REQUIRE(selected);
  CHECK(selected->best == "one_planner");
  plan_request asked;
  asked.request = request;
  auto planned = guild->plan(asked);
  REQUIRE(planned);
  CHECK(planned->plan.order == std::vector<std::string>{"one"});
  CHECK(planned->instance.sandbox == "none");
  auto listed = guild->list({});
  REQUIRE(listed);
  CHECK(listed->planners.size() == 2);
  const auto report = guild->stop(2'000);
  CHECK(report.still_alive.empty());
  CHECK(report.processes_left == 0);
  CHECK(guild->stop(2'000) == report);
  CHECK(guild->select(request).error->code == failure_code::stopping);
  CHECK(guild->plan(asked).error->code == failure_code::stopping);
}

TEST_CASE("16 real threads that acquire at once get one construction and equal handles") {
  host h;
  auto guild = h.make({"one_planner"});
  REQUIRE(guild->health({1, true, 10'000}));  // the probe's construction is over
  constructions = 0;
  std::vector<outcome<planner_handle>> answers(16);
  {
    std::vector<std::thread> threads;
    for (auto& given : answers) {
      threads.emplace_back([&guild, &given] { given = guild->acquire({"one_planner", 10'000, 0, {}}); });
    }
    for (auto& thread : threads) {
      thread.join();
    }
  }
  for (const auto& given : answers) {
    REQUIRE(given);
    CHECK(*given == *answers.front());
  }
  CHECK(constructions == 1);
}

TEST_CASE("Several runtimes live in one actor system") {
  host h;
  auto first = h.make({"one_planner"});
  auto second = h.make({"two_planner"});
  select_request request;
  request.objective = "improve it";
  CHECK(first->select(request)->best == "one_planner");
  CHECK(second->select(request)->best == "two_planner");
  (void)first->stop(2'000);
  CHECK(second->select(request)->best == "two_planner");
}

TEST_CASE("A plan that hangs ends by the request's timeout, and stop returns by its deadline") {
  host h;
  auto guild = h.make({"one_planner"});
  plan_request asked;
  asked.request.objective = "hang";
  asked.timeout_ms = 300;
  auto late = guild->plan(asked);
  REQUIRE_FALSE(late);
  CHECK(late.error->code == failure_code::deadline_exceeded);
  CHECK(guild->stop(2'000).still_alive.empty());
}
