// The planning conversation: select, acquire, run, give up. Test scheduler and clock, scripted processes.
#include "app/host/planning.hpp"

#include <catch2/catch.hpp>

#include "messages/limits.hpp"
#include "tests/support/guild_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

struct planning_world : guild_world {
  planning_actor start() {
    return compat::spawn<planning_state>(world.system(), registry, env.outside, std::int64_t{60'000});
  }
  answer<outcome<plan_reply>> plan(const planning_actor& conversation, plan_request request) {
    return world.ask<outcome<plan_reply>>(conversation, std::move(request));
  }
  static plan_request request(const std::string& planner = {}) {
    plan_request asked;
    asked.request.objective = "improve it";
    asked.planner = planner;
    return asked;
  }
};

}  // namespace

TEST_CASE("A plan tells the whole story: selection, instance and the attempt") {
  planning_world w;
  w.env.add_planner("alpha");
  w.spawn();
  auto given = w.plan(w.start(), planning_world::request());
  w.world.advance(100);
  REQUIRE(is_value(given));
  const auto& reply = ***given;
  CHECK(reply.plan.tasks.size() == 1);
  REQUIRE(reply.selection.has_value());
  CHECK(reply.selection->best == "alpha");
  CHECK(reply.instance.name == "alpha");
  REQUIRE(reply.attempts.size() == 1);
  CHECK(reply.attempts[0].planner == "alpha");
  CHECK_FALSE(reply.attempts[0].problem.has_value());
}

TEST_CASE("A named planner is used without ranking") {
  planning_world w;
  w.env.add_planner("alpha");
  w.env.add_planner("beta", R"("tier":"gold",)");
  w.spawn();
  auto given = w.plan(w.start(), planning_world::request(" ALPHA"));
  w.world.advance(100);
  REQUIRE(is_value(given));
  CHECK_FALSE((**given)->selection.has_value());
  CHECK((**given)->instance.name == "alpha");
}

TEST_CASE("The failure of each step is the conversation's failure") {
  planning_world w;
  w.env.add_planner("alpha");
  w.spawn();
  auto unknown = w.plan(w.start(), planning_world::request("nobody"));
  w.world.advance(50);
  CHECK(code_of(unknown) == failure_code::not_found);

  w.env.processes->script("alpha").on_request = [](scripted_process& process, const nlohmann::json& request) {
    if (request["method"] != "generate_plan") {
      return false;
    }
    process.reply_error(request, "no idea");
    return true;
  };
  auto failed = w.plan(w.start(), planning_world::request());
  w.world.advance(50);
  CHECK(code_of(failed) == failure_code::planner_error);
}

TEST_CASE("The conversation's timeout covers all steps and reaches the planner") {
  planning_world w;
  w.env.add_planner("alpha");
  int cancels = 0;
  w.env.processes->script("alpha").on_request = [&](scripted_process&, const nlohmann::json& request) {
    cancels += request["method"] == "$/cancel" ? 1 : 0;
    return request["method"] == "generate_plan" || request["method"] == "$/cancel";
  };
  w.spawn();
  auto request = planning_world::request();
  request.timeout_ms = 500;
  auto given = w.plan(w.start(), request);
  w.world.advance(495);
  CHECK_FALSE(given->has_value());
  w.world.advance(10);
  CHECK(code_of(given) == failure_code::deadline_exceeded);
  CHECK(cancels == 1);
}

TEST_CASE("Cancelling reaches the planner, whatever the conversation is waiting for") {
  planning_world w;
  w.env.add_planner("alpha");
  w.env.processes->script("alpha").answer_delay_ms = 100;
  w.spawn();
  auto early = w.start();
  auto waiting_for_admission = w.plan(early, planning_world::request("alpha"));
  w.world.advance(10);
  compat::tell_urgent(early, cancel_work{});
  w.world.advance(2);
  CHECK(code_of(waiting_for_admission) == failure_code::cancelled);
  w.world.advance(500);

  auto later = w.start();
  auto working = w.plan(later, planning_world::request());
  w.world.advance(150);
  compat::tell_urgent(later, cancel_work{});
  w.world.advance(2);
  CHECK(code_of(working) == failure_code::cancelled);
}

namespace {

/// Three planners of growing tier; the better two fail every plan.
void add_failing_planners(planning_world& w) {
  w.env.add_planner("alpha");
  w.env.add_planner("beta", R"("tier":"gold",)");
  w.env.add_planner("gamma", R"("tier":"vip",)");
  for (const auto* name : {"beta", "gamma"}) {
    w.env.processes->script(name).on_request = [](scripted_process& process, const nlohmann::json& request) {
      if (request["method"] != "generate_plan") {
        return false;
      }
      process.reply_error(request, "no idea");
      return true;
    };
  }
  w.spawn();
}

}  // namespace

TEST_CASE("With a fallback the next planners of the ranking are tried, and every attempt is told") {
  planning_world w;
  add_failing_planners(w);
  auto request = planning_world::request();
  request.fallback = 2;
  request.request.top = 1;
  auto given = w.plan(w.start(), request);
  w.world.advance(200);
  REQUIRE(is_value(given));
  const auto& reply = ***given;
  CHECK(reply.instance.name == "alpha");
  CHECK(reply.selection->best == "gamma");
  CHECK(reply.selection->breakdown.size() == 1);
  REQUIRE(reply.attempts.size() == 3);
  CHECK(reply.attempts[0].planner == "gamma");
  CHECK(reply.attempts[1].problem->code == failure_code::planner_error);
  CHECK_FALSE(reply.attempts[2].problem.has_value());
}

TEST_CASE("A fallback that helps nobody fails with the story of every attempt, and has a bound") {
  planning_world w;
  add_failing_planners(w);
  auto request = planning_world::request();
  request.fallback = 1;
  auto in_vain = w.plan(w.start(), request);
  w.world.advance(200);
  REQUIRE(code_of(in_vain) == failure_code::planner_error);
  for (const auto* name : {"gamma", "beta"}) {
    CHECK((**in_vain).error->message.find(name) != std::string::npos);
  }
  request.fallback = limits::fallback_planners_max + 1;
  auto refused = w.plan(w.start(), request);
  w.world.advance(10);
  CHECK(code_of(refused) == failure_code::limit_exceeded);
}

TEST_CASE("A named planner that fails falls back to the ranking, without itself") {
  planning_world w;
  add_failing_planners(w);
  auto request = planning_world::request("GAMMA");
  request.fallback = 2;
  auto given = w.plan(w.start(), request);
  w.world.advance(200);
  REQUIRE(is_value(given));
  const auto& reply = ***given;
  CHECK(reply.instance.name == "alpha");
  REQUIRE(reply.selection.has_value());
  CHECK(reply.selection->breakdown.size() == 3);
  REQUIRE(reply.attempts.size() == 3);
  CHECK(reply.attempts[0].planner == "gamma");
  CHECK(reply.attempts[1].planner == "beta");
  CHECK(reply.attempts[2].planner == "alpha");

  request.planner = "nobody";
  request.fallback = 3;
  auto unknown = w.plan(w.start(), request);
  w.world.advance(200);
  REQUIRE(is_value(unknown));
  CHECK((**unknown)->attempts.front().problem->code == failure_code::not_found);
  CHECK((**unknown)->instance.name == "alpha");

  request.planner = "alpha";
  auto good = w.plan(w.start(), request);
  w.world.advance(200);
  REQUIRE(is_value(good));
  CHECK_FALSE((**good)->selection.has_value());
  CHECK((**good)->attempts.size() == 1);
}

TEST_CASE("A named planner whose fallbacks fail as well fails with the story of every attempt") {
  planning_world w;
  add_failing_planners(w);
  auto request = planning_world::request("gamma");
  request.fallback = 1;
  auto in_vain = w.plan(w.start(), request);
  w.world.advance(200);
  REQUIRE(code_of(in_vain) == failure_code::planner_error);
  CHECK((**in_vain).error->message.find("[gamma: planner_error] [beta: planner_error]") != std::string::npos);
}

TEST_CASE("A request that is wrong for every planner is not tried with the next one") {
  planning_world w;
  w.env.add_planner("alpha");
  w.env.add_planner("beta");
  w.spawn();
  auto request = planning_world::request();
  request.context = std::string(limits::context_depth_max + 1, '[');
  request.fallback = 1;
  auto refused = w.plan(w.start(), request);
  w.world.advance(200);
  REQUIRE(code_of(refused) == failure_code::invalid_request);
  CHECK((**refused).error->where == "context");
}

TEST_CASE("A repository that is not there is the caller's mistake, and no planner's failure") {
  planning_world w;
  w.env.add_planner("alpha");
  w.env.files->put("/a_file", "");
  w.env.files->put_directory("/a_folder");
  w.spawn();
  auto request = planning_world::request();
  for (const auto* wrong : {"/nowhere", "/a_file", "relative"}) {
    INFO(wrong);
    request.repository = wrong;
    auto refused = w.plan(w.start(), request);
    w.world.advance(200);
    REQUIRE(code_of(refused) == failure_code::invalid_request);
    CHECK((**refused).error->where == "repository");
  }
  request.repository = "/a_folder";
  auto given = w.plan(w.start(), request);
  w.world.advance(200);
  CHECK(is_value(given));
}

TEST_CASE("Under reloads no plan is lost: one that is still queued is asked again of the next generation") {
  planning_world w;
  w.env.add_planner("alpha");
  w.env.processes->script("alpha").answer_delay_ms = 40;
  w.spawn();
  w.world.advance(200);
  std::vector<answer<outcome<plan_reply>>> plans;
  std::vector<answer<outcome<reload_report>>> reloads;
  for (int round = 0; round < 10; ++round) {
    plans.push_back(w.plan(w.start(), planning_world::request()));
    plans.push_back(w.plan(w.start(), planning_world::request()));
    w.world.advance(60);
    if (round % 4 == 3) reloads.push_back(w.ask<outcome<reload_report>>(reload_request{}));
  }
  w.world.advance(10'000);
  for (const auto& given : plans) {
    INFO(to_string(code_of(given)) << (given->has_value() && (**given).error ? (**given).error->message : ""));
    CHECK(is_value(given));
  }
  for (const auto& given : reloads) CHECK(is_value(given));
}
