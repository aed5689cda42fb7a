// ASCII text rules, cutting, repairing UTF-8, printing doubles.
#include <catch2/catch.hpp>
#include <limits>

#include "messages/text.hpp"

using namespace planguild;
using strings = std::vector<std::string>;

TEST_CASE("Trimming and lower-casing know ASCII only") {
  CHECK(text::trim(" \t\n\v\f\ra b\r\n ") == "a b");
  CHECK(text::trim(" \t ").empty());
  CHECK(text::trim("\xC2\xA0x\xC2\xA0") == "\xC2\xA0x\xC2\xA0");
  CHECK(text::lower("ABCZ\xC3\x84[") == "abcz\xC3\x84[");
  CHECK(text::normalised("  LLM_Planner\n") == "llm_planner");
}

TEST_CASE("Planner names are three to 64 of a-z, 0-9, _ and -, not starting with -") {
  CHECK(text::is_planner_name("abc"));
  CHECK(text::is_planner_name("_-0"));
  CHECK(text::is_planner_name(std::string(64, 'a')));
  for (const auto& name :
       {std::string{}, std::string{"ab"}, std::string(65, 'a'), std::string{"-abc"}, std::string{"Abc"},
        std::string{"a.c"}, std::string{"ab "}, std::string{"abc\n"}, std::string{"ab\xC3\xA9"}}) {
    CHECK_FALSE(text::is_planner_name(name));
  }
}

TEST_CASE("Lists are split at commas, trimmed, and blanks dropped") {
  CHECK(text::split_list("").empty());
  CHECK(text::split_list(" , ,").empty());
  CHECK(text::split_list("b, a ,b") == strings{"b", "a", "b"});
  CHECK(text::capability_set({" B", "a", "", "  ", "b "}) == strings{"a", "b"});
  CHECK(text::join({"a", "b"}, ", ") == "a, b");
  CHECK(text::join({}, ", ").empty());
}

TEST_CASE("Code points are counted and cut without splitting a character") {
  const std::string word = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";
  CHECK(text::count_code_points(word) == 5);
  CHECK(text::cut_code_points(word, 0).empty());
  CHECK(text::cut_code_points(word, 3) == "a\xC3\xA9\xE2\x82\xAC");
  CHECK(text::cut_code_points(word, 4) == "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(text::cut_code_points(word, 99) == word);
  CHECK(text::cut_code_points("\xFF\x80\x80x", 2) == "\xFF\x80");
}

TEST_CASE("Cut text keeps within its bytes, ends at a character and says how much is missing") {
  CHECK(text::cut_bytes("short", 5) == "short");
  const std::string euros = [] {
    std::string made;
    for (int count = 0; count < 100; ++count) made += "\xE2\x82\xAC";
    return made;
  }();
  for (std::size_t bytes = 0; bytes < 300; ++bytes) {
    const auto cut = text::cut_bytes(euros, bytes);
    CHECK(cut.size() <= bytes);
    CHECK(text::valid_utf8(cut) == cut);
    CHECK(text::cut_bytes(cut, bytes) == cut);
  }
  CHECK(text::cut_bytes(euros, 100) == euros.substr(0, 81) + " …(219 bytes cut)");
  CHECK(text::cut_bytes(std::string(50, 'x'), 3) == "xxx");
}

TEST_CASE("Bytes that are no UTF-8 are replaced one by one") {
  const std::string replacement = "\xEF\xBF\xBD";
  CHECK(text::valid_utf8("a\xC3\xA9") == "a\xC3\xA9");
  CHECK(text::valid_utf8("\xFFz") == replacement + "z");
  CHECK(text::valid_utf8("\xC3") == replacement);
  CHECK(text::valid_utf8("\xC0\x80") == replacement + replacement);
  CHECK(text::valid_utf8("\xED\xA0\x80") == replacement + replacement + replacement);
  CHECK(text::valid_utf8("\xF4\x90\x80\x80") == replacement + replacement + replacement + replacement);
  CHECK(text::valid_utf8("\xF4\x8F\xBF\xBF") == "\xF4\x8F\xBF\xBF");
}

TEST_CASE("Doubles are printed as short as they can be and rounded on their exact value") {
  CHECK(text::shortest(0.1) == "0.1");
  CHECK(text::shortest(0.30000000000000004) == "0.30000000000000004");
  CHECK(text::shortest(40) == "40");
  CHECK(std::stod(text::shortest(std::numeric_limits<double>::max())) == std::numeric_limits<double>::max());
  CHECK(text::rounded(0.12345, 4) == 0.1235);
  CHECK(text::rounded(2.675, 2) == 2.67);
  CHECK(text::rounded(0.5, 0) == 0.0);
  CHECK(text::rounded(-1.00005, 4) == -1.0001);
  CHECK(text::rounded(std::numeric_limits<double>::max(), 4) == std::numeric_limits<double>::max());
}
