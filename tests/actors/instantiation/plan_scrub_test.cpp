// Masking what a planner sends. Pure; any thread.
#include "actors/instantiation/plan_scrub.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "actors/instantiation/plan_check.hpp"
#include "messages/limits.hpp"
#include "messages/plan_json.hpp"

using namespace planguild;  // NOLINT(google-build-using-namespace)
using nlohmann::json;

namespace {

const std::string secret = "ghp_0123456789abcdefghijABCDEFGHIJ0123";
const std::string other_secret = "ghp_9876543210abcdefghijABCDEFGHIJ9876";

json scrubbed(json candidate) {
  scrub_plan(candidate);
  return candidate;
}

}  // namespace

TEST_CASE("Every text of a plan loses its secrets, also in ids, files, keys and values of secret keys") {
  const json evidence = {{{"file", "src/" + secret}, {"text", "token=" + secret}}};
  const json task = {{"id", "use " + secret},
                     {"title", secret},
                     {"description", "Authorization: Bearer " + secret},
                     {"kind", secret},
                     {"target", "src/" + secret + ".cpp"},
                     {"evidence", evidence}};
  const auto masked = scrubbed({{"objective", secret},
                                {"tasks", {task}},
                                {"evidence", evidence},
                                {"meta", {{"deep", {{"list", {secret}}}}, {secret, 1}, {"password", 12'345'678}}}});
  const auto text = masked.dump();
  INFO(text);
  CHECK(text.find("ghp_") == std::string::npos);
  CHECK(text.find("12345678") == std::string::npos);
  CHECK(masked["tasks"][0]["target"] == "src/***.cpp");
  CHECK(plan_from_json(masked));
}

TEST_CASE("Tasks whose ids hold different secrets stay different, and are depended on as before") {
  const auto masked = scrubbed({{"tasks",
                                 {{{"id", secret}, {"title", "first"}},
                                  {{"id", other_secret}, {"title", "second"}, {"depends_on", {secret}}},
                                  {{"id", "***"}, {"title", "third"}, {"depends_on", {other_secret, secret}}}}}});
  INFO(masked.dump());
  auto read = plan_from_json(masked);
  REQUIRE(read);
  const auto checked = check_plan(*read);
  REQUIRE(checked);
  CHECK(checked->critical_path.size() == 3);
  CHECK(checked->tasks[2].id == "***");
  CHECK(masked.dump().find("ghp_") == std::string::npos);
  CHECK(scrubbed(masked) == masked);
}

TEST_CASE("Ids that repeat, and dependencies on nothing, are still found") {
  const auto twice = plan_from_json(scrubbed({{"tasks", {{{"id", secret}}, {{"id", secret}}}}}));
  REQUIRE(twice);
  CHECK_FALSE(check_plan(*twice));
  const auto unknown = plan_from_json(scrubbed({{"tasks", {{{"id", secret}, {"depends_on", {other_secret}}}}}}));
  REQUIRE(unknown);
  CHECK_FALSE(check_plan(*unknown));
  for (const auto* nothing : {"token=abc", "token=***"}) {
    INFO(nothing);
    const auto alike =
        plan_from_json(scrubbed({{"tasks", {{{"id", "token=ABC"}}, {{"id", "x"}, {"depends_on", {nothing}}}}}}));
    REQUIRE(alike);
    CHECK_FALSE(check_plan(*alike));
  }
}

TEST_CASE("Tasks whose ids are headers stay different, though a header's value goes to the end of its line") {
  const auto masked = scrubbed({{"tasks",
                                 {{{"id", "Authorization: one"}, {"title", "first"}},
                                  {{"id", "Authorization: two"}, {"depends_on", {"Authorization: one"}}}}}});
  INFO(masked.dump());
  const auto read = plan_from_json(masked);
  REQUIRE(read);
  const auto checked = check_plan(*read);
  REQUIRE(checked);
  CHECK(checked->order.size() == 2);
  CHECK(checked->tasks[1].depends_on == std::vector<std::string>{checked->tasks[0].id});
  CHECK(masked.dump().find("one") == std::string::npos);
  CHECK(scrubbed(masked) == masked);
}

TEST_CASE("A plan without secrets is not changed, whatever its shape") {
  for (const auto* text :
       {R"({"objective":"Improve /absolute/path","tasks":[{"id":"token-rotation","title":"Split src/auth/token.cpp"}],
            "meta":{"seed":7.50,"nested":[[{"a":null}]]}})",
        R"({"tasks":{"id":1}})", R"({"tasks":[1,{"id":2,"depends_on":"x"},null]})", R"([])", R"("text")", "7",
        "null"}) {
    const auto before = json::parse(text);
    CHECK(scrubbed(before) == before);
  }
}

TEST_CASE("Very many ids and keys that mask alike stay different, in a time that grows with their number") {
  // Quadratic, the keys would take hours; a plan can hold as many.
  constexpr std::size_t keys = 100'000;
  json meta = json::object();
  for (std::size_t number = 0; number < keys; ++number) meta["password=" + std::to_string(number)] = number;
  json tasks = json::array();
  for (std::size_t number = 0; number < limits::plan_tasks_max; ++number) {
    json task = {{"id", "token=" + std::to_string(number)}, {"title", "t"}};
    if (number > 0) task["depends_on"] = {"token=" + std::to_string(number - 1)};
    tasks.push_back(std::move(task));
  }
  const auto masked = scrubbed({{"tasks", std::move(tasks)}, {"meta", std::move(meta)}});
  CHECK(masked["meta"].size() == keys);
  CHECK(masked["meta"].contains("password=*** (" + std::to_string(keys) + ")"));
  auto read = plan_from_json(masked);
  REQUIRE(read);
  const auto checked = check_plan(*read);
  INFO((checked.error ? checked.error->message : ""));
  REQUIRE(checked);
  CHECK(checked->critical_path.size() == limits::plan_tasks_max);
}

TEST_CASE("Deep nesting is masked without recursion") {
  json deep = secret;
  for (int level = 0; level < 60; ++level) deep = json{{"in", {std::move(deep)}}};
  CHECK(scrubbed(deep).dump().find("ghp_") == std::string::npos);
}

TEST_CASE("Of a standard error that was cut nothing is shown that may be the rest of a secret") {
  const auto tail_of = [](const std::string& text) {
    return text + std::string(limits::stderr_tail_bytes - text.size() - 4, '.') + "\nend";
  };
  const auto key = scrub_stderr_tail(tail_of("half-of-a-secret\nrest/of/the/key+\n-----END PRIVATE KEY-----\nafter\n"));
  CHECK(key.find("half-of-a-secret") == std::string::npos);
  CHECK(key.find("rest/of/the/key") == std::string::npos);
  CHECK(key.find("after") != std::string::npos);
  CHECK(key.find("end") != std::string::npos);
  CHECK(scrub_stderr_tail(std::string(limits::stderr_tail_bytes, 'x')).empty());
  // What was not cut is shown from its beginning.
  CHECK(scrub_stderr_tail("first line\npassword=hunter2\n") == "first line\npassword=***\n");
}
