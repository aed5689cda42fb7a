// Plans as planners send them and as people see them.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "messages/json.hpp"
#include "messages/plan_json.hpp"
#include "messages/planning.hpp"

using namespace planguild;
using nlohmann::json;

TEST_CASE("A planner's plan is read with its meta as text and shown with its meta as an object") {
  const auto sent = json::parse(R"({"objective":"o","meta":{"b":[1],"a":"x"},"evidence":[{"file":"","text":"none"}],
    "tasks":[{"id":"t1","title":"T","risk":"high","effort":"L","depends_on":["t0"],
              "evidence":[{"file":"a.cpp","line":3,"text":"e"}]}]})");
  auto read = plan_from_json(sent);
  REQUIRE(read);
  CHECK(read->meta == R"({"a":"x","b":[1]})");
  CHECK(read->tasks.at(0).risk == task_risk::high);
  CHECK(read->tasks.at(0).effort == task_effort::L);
  CHECK(read->tasks.at(0).evidence.at(0).line == 3);
  read->order = {"t0", "t1"};
  const auto shown = to_json(*read);
  CHECK(shown["meta"]["b"][0] == 1);
  CHECK(shown["order"].size() == 2);
  CHECK(from_json<plan>(json::parse(dump_json(to_json(*read)))).value == read.value);
}

TEST_CASE("A plan inside a reply has its meta as an object, and reads back as it was") {
  plan_reply reply;
  reply.plan.meta = R"({"nested":{"list":[1,{"a":null}]},"seed":7.5})";
  const auto shown = to_json(reply);
  CHECK(shown["plan"]["meta"]["nested"]["list"][1] == nlohmann::ordered_json{{"a", nullptr}});
  CHECK(from_json<plan_reply>(json::parse(dump_json(shown))).value == reply);
  reply.plan.meta = "[not json";
  CHECK(from_json<plan_reply>(json::parse(dump_json(to_json(reply)))).value == reply);
  auto wrong = json::parse(dump_json(to_json(reply)));
  wrong["plan"]["meta"] = 7;
  const auto refused = from_json<plan_reply>(wrong, "result");
  REQUIRE_FALSE(refused);
  CHECK(refused.error->where == "result.plan.meta");
}

TEST_CASE("A plan without meta has an empty one, and text that is no object is shown as text") {
  CHECK(to_json(plan_from_json(json::object()).value.value())["meta"] == json::object());
  plan odd;
  odd.meta = "[not json";
  CHECK(to_json(odd)["meta"] == "[not json");
}

TEST_CASE("A plan with unknown keys, ill-typed values or the host's own fields is refused with its path") {
  const auto where = [](const char* text) {
    const auto read = plan_from_json(json::parse(text));
    REQUIRE_FALSE(read);
    CHECK(read.error->code == failure_code::invalid_request);
    return read.error->where;
  };
  CHECK(where("[]") == "plan");
  CHECK(where(R"({"order":[]})") == "plan.order");
  CHECK(where(R"({"critical_path":[]})") == "plan.critical_path");
  CHECK(where(R"({"meta":"{}"})") == "plan.meta");
  CHECK(where(R"({"colour":1})") == "plan.colour");
  CHECK(where(R"({"tasks":[{"id":"a"},{"id":5}]})") == "plan.tasks[1].id");
  CHECK(where(R"({"tasks":[{"size":"S"}]})") == "plan.tasks[0].size");
  CHECK(where(R"({"tasks":[{"evidence":[{"line":"3"}]}]})") == "plan.tasks[0].evidence[0].line");
}
