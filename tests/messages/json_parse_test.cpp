// The JSON reader on input that nobody should send.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

#include "messages/json.hpp"

using namespace planguild;

namespace {

constexpr json_bounds bounds{4 * 1'024 * 1'024, 64};

outcome<nlohmann::json> read(std::string_view text) {
  return parse_json(text, bounds, failure_code::invalid_manifest, "m.json");
}

std::string refusal_text(std::string_view text) {
  const auto json = read(text);
  REQUIRE_FALSE(json);
  CHECK(json.error->code == failure_code::invalid_manifest);
  CHECK(json.error->where == "m.json");
  return json.error->message;
}

const std::string sample =
    R"({"a":[1,-2.5e3,true,false,null,"\u00e9\ud83d\ude00\n"],"b":{"c":{}},"d":"grün","e":18446744073709551615})";

}  // namespace

TEST_CASE("Ordinary JSON is read as nlohmann reads it") {
  const auto json = read(sample);
  REQUIRE(json);
  CHECK(*json == nlohmann::json::parse(sample));
  CHECK(read(" 5 ")->get<int>() == 5);
  CHECK(read("null")->is_null());
  CHECK(*read("[]") == nlohmann::json::array());
}

TEST_CASE("Refused JSON says where and what was found") {
  CHECK(refusal_text("") == "not valid JSON: the text is empty; exactly one JSON value is expected");
  CHECK(refusal_text(" \n\t") == refusal_text(""));
  CHECK(refusal_text("{\n  \"a\": }").find("line 2, column 8: unexpected '}'") != std::string::npos);
  CHECK(refusal_text("{\"a\": 1} x").find("line 1, column 10") != std::string::npos);
  CHECK(refusal_text("{\"a\":1").find("unexpected end of input") != std::string::npos);
  CHECK(refusal_text("[1] [2]").find("column 5") != std::string::npos);
}

TEST_CASE("A duplicate key is refused at the second one") {
  CHECK(refusal_text("{\"a\":1,\n \"b\":2,\n \"a\":3}") ==
        "not valid JSON: line 3, column 2: the key \"a\" occurs twice in the same object");
  CHECK(refusal_text(R"({"x\"y":1,"x\u0022y":2})").find("column 11") != std::string::npos);
  CHECK(read(R"({"a":{"a":{"a":1}},"b":{"a":1}})"));
}

TEST_CASE("Numbers that no double holds are refused") {
  CHECK(refusal_text("[1e400]").find("a number is too large") != std::string::npos);
  CHECK(refusal_text("[-1e400]").find("a number is too large") != std::string::npos);
  CHECK(refusal_text(std::string(400, '9')).find("a number is too large") != std::string::npos);
  CHECK(read("1e-400")->get<double>() == 0.0);
  CHECK(read("99999999999999999999")->is_number_float());
  for (const auto* text : {"01", "+1", ".5", "5.", "0x1", "1e", "NaN", "Infinity", "-"}) CHECK_FALSE(read(text));
}

TEST_CASE("NUL bytes, invalid UTF-8 and lone surrogates are refused") {
  CHECK_FALSE(read(std::string_view{"1\0", 2}));
  CHECK_FALSE(read(std::string_view{"1\0 garbage", 10}));
  CHECK_FALSE(read(std::string_view{"\"\0\"", 3}));
  CHECK(refusal_text(R"({"a\u0000b":1})").find("NUL") != std::string::npos);
  CHECK(read(R"(["a\u0000b"])"));
  CHECK_FALSE(read("\"\xff\""));
  CHECK_FALSE(read("\"\xc3\""));
  CHECK_FALSE(read("\"\xed\xa0\x80\""));
  CHECK_FALSE(read(R"("\ud800")"));
  CHECK_FALSE(read("\xff"));
}

TEST_CASE("Nesting is bounded and costs no stack") {
  CHECK(read(std::string(64, '[') + std::string(64, ']')));
  const auto too_deep = refusal_text(std::string(65, '[') + std::string(65, ']'));
  CHECK(too_deep.find("line 1, column 65: more than 64 objects and arrays") != std::string::npos);
  CHECK_FALSE(read(std::string(100'000, '[')));
  std::string objects;
  for (int depth = 0; depth < 100'000; ++depth) objects += "{\"a\":";
  CHECK_FALSE(read(objects));
  CHECK_FALSE(parse_json("[]", {100, 0}, failure_code::internal));
}

TEST_CASE("A text over the bound is refused unread") {
  const auto json = parse_json("[1,2]", {4, 8}, failure_code::limit_exceeded);
  REQUIRE_FALSE(json);
  CHECK(json.error->code == failure_code::limit_exceeded);
  CHECK(json.error->message.find("at most 4") != std::string::npos);
}

TEST_CASE("A sample cut at any byte, or with any byte changed, is refused or read, never more") {
  for (std::size_t size = 0; size < sample.size(); ++size) CHECK_FALSE(read(sample.substr(0, size)));
  for (std::size_t place = 0; place < sample.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      auto changed = sample;
      changed[place] = static_cast<char>(byte);
      const auto json = read(changed);
      CHECK((json || !json.error->message.empty()));
    }
  }
}

TEST_CASE("Random bytes are refused or read, never more") {
  const char* given = std::getenv("PLANGUILD_SEED");
  const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "PLANGUILD_SEED=" << seed << '\n';
  std::mt19937_64 random(seed);
  constexpr std::string_view alphabet = "{}[]\",:\\u0eE+-.1truefalsn \n\x00\xff\xc3\xa9";
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 40, ' ');
    for (auto& c : text) c = alphabet[random() % alphabet.size()];
    const auto json = read(text);
    CHECK((json || !json.error->message.empty()));
  }
}

TEST_CASE("An object with very many keys is read") {
  std::string text = "{";
  int keys = 0;
  while (text.size() < bounds.bytes_max - 32) text += "\"k" + std::to_string(++keys) + "\":1,";
  text.back() = '}';
  const auto json = read(text);
  REQUIRE(json);
  CHECK(json->size() == static_cast<std::size_t>(keys));
}

TEST_CASE("Invalid UTF-8 is written as replacement characters") {
  CHECK(dump_json(nlohmann::json("a\xff")) == "\"a\xEF\xBF\xBD\"");
  CHECK(dump_json(nlohmann::ordered_json{{"b", 1}, {"a", 2}}) == R"({"b":1,"a":2})");
  CHECK(dump_json(nlohmann::ordered_json{{"b", 1}}, 2) == "{\n  \"b\": 1\n}");
}
