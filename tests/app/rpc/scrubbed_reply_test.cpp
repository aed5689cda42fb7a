// What leaves in a reply: no secrets, and everything else as it was. Pure; any thread.
#include "app/rpc/scrubbed_reply.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "messages/json.hpp"

using namespace planguild;  // NOLINT(google-build-using-namespace)

namespace {

constexpr const char* secret = "ghp_0123456789abcdefghijABCDEFGHIJ0123";

}  // namespace

TEST_CASE("Every free text of a plan loses its secrets") {
  plan_reply reply;
  auto& made = reply.plan;
  made.objective = made.tasks.emplace_back().title = std::string{"use "} + secret;
  made.tasks[0].description = std::string{"Authorization: Bearer "} + secret;
  made.tasks[0].evidence = made.evidence = {{"src/a.cpp", 1, std::string{"token="} + secret}};
  made.meta = nlohmann::json{{"deep", {{"list", {secret}}}}, {"password", 12'345'678}}.dump();
  scrub_reply(reply);
  const auto text = dump_json(to_json(reply));
  INFO(text);
  CHECK(text.find("ghp_0123456789") == std::string::npos);
  CHECK(text.find("12345678") == std::string::npos);
  CHECK(nlohmann::json::accept(made.meta));
}

TEST_CASE("A plan without secrets is not changed") {
  plan_reply reply;
  auto& made = reply.plan;
  made.objective = "Improve /absolute/path";
  made.tasks.emplace_back().id = secret;  // what others refer to stays
  made.tasks[0].title = "Split it";
  made.meta = R"({ "seed" : 7.50 })";
  const auto before = reply;
  scrub_reply(reply);
  CHECK(reply == before);
}

TEST_CASE("The configuration in diagnostics loses its secrets") {
  diagnostics_report report;
  report.configuration = {{"FACTORY_PLANNER_PATH", "/srv/planners"}, {"X", std::string{"token="} + secret}};
  scrub_reply(report);
  CHECK(report.configuration[0].text == "/srv/planners");
  CHECK(report.configuration[1].text.find("ghp_") == std::string::npos);
}
