// What planner.hpp writes is JSON, whatever an author puts into it.
#include "app/worker/planner.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "messages/plan_json.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

using nlohmann::json;

std::string written(std::string_view text) {
  std::string result;
  sdk::append_json(result, text);
  return result;
}

std::string written(double number) {
  std::string result;
  sdk::append_json(result, number);
  return result;
}

}  // namespace

TEST_CASE("Texts come back as they were, with every ASCII character in them") {
  std::string all;
  for (int byte = 0; byte < 128; ++byte) all.push_back(static_cast<char>(byte));
  CHECK(json::parse(written(all)).get<std::string>() == all);
  CHECK(written("a\"b\\c\nd\x1F") == R"("a\"b\\c\u000ad\u001f")");
  CHECK(written("") == R"("")");
}

TEST_CASE("Valid UTF-8 stays as it is") {
  for (const std::string text : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
                                 "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "é — 漢字 🙂"}) {
    CHECK(written(text) == '"' + text + '"');
  }
}

TEST_CASE("Every byte that is no UTF-8 becomes the replacement character, as the host itself does it") {
  for (const std::string text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2x", "\xE0\x9F\xBF", "\xE0\xA0", "\xED\xA0\x80", "\xEF\xBF",
        "\xF0\x8F\xBF\xBF", "\xF0\x90\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF", "a\xFF\xC3\xA9"}) {
    CAPTURE(text.size());
    CHECK(json::parse(written(text)).get<std::string>() == text::valid_utf8(text));
  }
}

TEST_CASE("Any two bytes, and any byte after the start of a longer character, are mended as the host does it") {
  std::size_t differing = 0;
  for (const std::string start : {"", "\xE0", "\xED\x9F", "\xF0\x90", "\xF4\x8F\xBF", "\xE2\x82"}) {
    for (int first = 0; first < 256; ++first) {
      for (int second = 0; second < 256; ++second) {
        const auto text = start + static_cast<char>(first) + static_cast<char>(second);
        const auto json_text = written(text);
        if (!json::accept(json_text) || json::parse(json_text).get<std::string>() != text::valid_utf8(text)) {
          ++differing;
        }
      }
    }
  }
  CHECK(differing == 0);
}

TEST_CASE("Numbers read back the same, and what JSON does not have is null") {
  for (const double number : {0.0, 1.0, -1.5, 0.1, 1e300, 5e-324, 1.7976931348623157e308, 123456789.123456789}) {
    CHECK(json::parse(written(number)).get<double>() == number);
  }
  CHECK(written(-0.0) == "-0");
  CHECK(written(0.1) == "0.1");
  CHECK(written(std::nan("")) == "null");
  CHECK(written(std::numeric_limits<double>::infinity()) == "null");
  CHECK(written(-std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("Fields are a flat object in which the last value of a name counts") {
  sdk::fields fields;
  CHECK(fields.json() == "{}");
  fields.set("text", "a\"").set("number", 2.5).set("flag", true).set("count", std::size_t{3}).set("text", "b");
  fields.set("least", std::numeric_limits<std::int64_t>::min()).set("most", std::numeric_limits<std::uint64_t>::max());
  fields.set("owned", std::string("c")).set("letter", 'A').set("bad\xFF", "").set("bad\xFE", "last");
  CHECK(fields.json() ==
        "{\"text\":\"b\",\"number\":2.5,\"flag\":true,\"count\":3,\"least\":-9223372036854775808,"
        "\"most\":18446744073709551615,\"owned\":\"c\",\"letter\":65,\"bad\xEF\xBF\xBD\":\"last\"}");
}

TEST_CASE("An empty plan and a full one are read by the host as they were meant") {
  const auto nothing = plan_from_json(json::parse(sdk::plan_json({})));
  REQUIRE(nothing);
  CHECK(*nothing == plan{});
  sdk::plan made;
  made.objective = "Do it";
  made.meta.set(std::string_view("a\0b", 3), 1);
  made.evidence = {{"a.cpp", 7, "seven"}, {"", {}, "nowhere"}};
  made.tasks.resize(3);
  made.tasks[1].id = "two";
  made.tasks[1].title = "title";
  made.tasks[1].description = "description";
  made.tasks[1].kind = "kind";
  made.tasks[1].target = "b.cpp";
  made.tasks[1].depends_on = {"1", "3"};
  made.tasks[1].risk = sdk::risk::medium;
  made.tasks[1].effort = sdk::effort::M;
  made.tasks[1].evidence = {{"c.cpp", 1, "one"}};
  const auto read = plan_from_json(json::parse(sdk::plan_json(made)));
  REQUIRE(read);
  CHECK(read->objective == "Do it");
  CHECK(read->meta == R"({"a b":1})");
  CHECK(read->evidence == std::vector<plan_evidence>{{"a.cpp", 7, "seven"}, {"", {}, "nowhere"}});
  REQUIRE(read->tasks.size() == 3);
  CHECK(read->tasks[0] == plan_task{});
  CHECK(read->tasks[1] == plan_task{"two",
                                    "title",
                                    "description",
                                    "kind",
                                    "b.cpp",
                                    {"1", "3"},
                                    task_risk::medium,
                                    task_effort::M,
                                    {{"c.cpp", 1, "one"}}});
}

TEST_CASE("A risk or an effort without a name is refused instead of being written") {
  sdk::plan made;
  made.tasks.resize(1);
  made.tasks[0].risk = static_cast<sdk::risk>(3);
  CHECK_THROWS_AS(sdk::plan_json(made), std::invalid_argument);
  made.tasks[0].risk = sdk::risk::low;
  made.tasks[0].effort = static_cast<sdk::effort>(-1);
  CHECK_THROWS_AS(sdk::plan_json(made), std::invalid_argument);
}

TEST_CASE("A description is what the handshake needs") {
  CHECK(json::parse(sdk::description_json({"a\"b", "1", {}})) ==
        json{{"name", "a\"b"}, {"version", "1"}, {"capabilities", json::array()}});
  CHECK(sdk::description_json({"a", "1", {"x", "y"}}) == R"({"name":"a","version":"1","capabilities":["x","y"]})");
}

}  // namespace planguild
