// Making text harmless, measuring and fitting it.
#include "app/cli/text_layout.hpp"

#include <catch2/catch.hpp>

using namespace planguild::cli;

TEST_CASE("Control characters become visible and harmless") {
  CHECK(printable("a\nb\tc\r") == "a\\nb\\tc\\r");
  CHECK(printable("\x1b[31mred\x7f") == "\\x1b[31mred\\x7f");
  CHECK(printable(std::string_view{"\0", 1}) == "\\x00");
  CHECK(printable("\xc2\x9b"
                  "31m") == "\\x9b31m");
  CHECK(printable("a\u202eb\u2066c") == "a\\u{202e}b\\u{2066}c");
  CHECK(printable("\u2028") == "\\u{2028}");
  CHECK(printable("grün 日本 🙂") == "grün 日本 🙂");
  CHECK(printable_lines("a\nb\x1b") == "a\nb\\x1b");
}

TEST_CASE("What is no UTF-8 is replaced") {
  CHECK(printable("a\xffz") == "a\xef\xbf\xbdz");
  CHECK(printable("\xe2\x82").find('\xe2') == std::string::npos);
}

TEST_CASE("Wide characters take two columns and combining marks none") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("") == 0);
}

TEST_CASE("Fitting never cuts inside a character and never takes more columns than given") {
  CHECK(fit("abcdef", 6) == "abcdef");
  CHECK(fit("abcdef", 4) == "abc…");
  CHECK(fit("grünlich", 4) == "grü…");
  CHECK(fit("日本語", 4) == "日…");
  CHECK(fit("abc", 0).empty());
  CHECK(fit("abc", 1) == "…");
  CHECK(fit_end("actors/registry/ranking.cpp", 12) == "…ranking.cpp");
  CHECK(fit_end("日本語", 4) == "…語");
  const std::string text = "ä日e\u0301🙂x";
  for (std::size_t columns = 0; columns < 10; ++columns) {
    CHECK(display_width(fit(text, columns)) <= columns);
    CHECK(display_width(fit_end(text, columns)) <= columns);
  }
}

TEST_CASE("Text is wrapped at spaces, and within words where there are none") {
  CHECK(wrap("one two three four", 9) == std::vector<std::string>{"one two", "three", "four"});
  CHECK(wrap("abcdefghijklm", 8) == std::vector<std::string>{"abcdefgh", "ijklm"});
  CHECK(wrap("", 20) == std::vector<std::string>{""});
  CHECK(wrap("12345678 90", 8) == std::vector<std::string>{"12345678", "90"});
}

TEST_CASE("A label stands beside the first of its lines") {
  const text_style style{24, false};
  CHECK(labelled("critical", "1 > 2", style) == "critical    1 > 2\n");
  CHECK(labelled("to flip", "one two three four", style) == "to flip     one two\n            three four\n");
  CHECK(labelled("a label that is long", "x", style, 4) == "a label that is long x\n");
}

TEST_CASE("Colours appear only where the style has them") {
  CHECK(painted({80, false}, paint::red, "x") == "x");
  CHECK(painted({80, true}, paint::red, "x") == "\x1b[31mx\x1b[0m");
  CHECK(painted({80, true}, paint::plain, "x") == "x");
}

TEST_CASE("Numbers are written for people") {
  CHECK(with_separators(0) == "0");
  CHECK(with_separators(999) == "999");
  CHECK(with_separators(1000) == "1,000");
  CHECK(with_separators(21'412) == "21,412");
  CHECK(with_separators(18'446'744'073'709'551'615ULL) == "18,446,744,073,709,551,615");
  CHECK(counted(1, "file") == "1 file");
  CHECK(counted(0, "file") == "0 files");
  CHECK(fixed(0.0005, 3) == "0.001");
  CHECK(fixed(1e300, 1).size() > 20);
}
