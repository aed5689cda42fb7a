// Tables for a terminal.
#include "app/cli/table.hpp"

#include <catch2/catch.hpp>

using namespace planguild::cli;

TEST_CASE("Columns are as wide as their cells and lines end without spaces") {
  table rows{{{"name"}, {"score", alignment::right}, {""}}};
  rows.add({"one", "1", ""});
  rows.add({"twenty", "20.5", "chosen"});
  CHECK(rows.text({80, false}) ==
        "name    score\n"
        "one         1\n"
        "twenty   20.5  chosen\n");
}

TEST_CASE("The columns that give way are cut until the line fits") {
  table rows{{{"", alignment::left, true}, {"", alignment::left, true, true}}};
  rows.add({"a title that is rather long", "folder/below/another/file.cpp"});
  const auto text = rows.text({40, false});
  CHECK(text == "a title that is ra…  …w/another/file.cpp\n");
  CHECK(display_width(text.substr(0, text.size() - 1)) <= 40);
}

TEST_CASE("Where nothing is cut, a line is as long as it needs to be") {
  table rows{{{"", alignment::left, true}, {"", alignment::left, true, true}}};
  rows.add({"a title that is rather long", "folder/below/another/file.cpp"});
  CHECK(rows.text({40, false, false}) == "a title that is rather long  folder/below/another/file.cpp\n");
}

TEST_CASE("Where nothing is cut, a huge cell is whole and no other row grows by it") {
  table rows{{{"", alignment::left, true}, {"", alignment::right}}};
  const std::string huge(250'000, 'x');
  std::string expected;
  for (int row = 0; row < 1'000; ++row) {
    rows.add({row == 500 ? huge : "small", "1"});
    expected += (row == 500 ? huge : "small") + "  1\n";
  }
  CHECK(rows.text({100, false, false}) == expected);
}

TEST_CASE("A column that does not give way is never cut") {
  table rows{{{""}, {""}}};
  rows.add({"0123456789", "0123456789"});
  CHECK(rows.text({8, false}) == "0123456789  0123456789\n");
}

TEST_CASE("Missing cells are empty and a line of its own is not measured") {
  table rows{{{""}, {""}}};
  rows.add({"a"});
  rows.add_line("   a detail that is longer than everything else");
  rows.add({"bb", "c"});
  CHECK(rows.text({80, false}) == "a\n   a detail that is longer than everything else\nbb  c\n");
}

TEST_CASE("Rows are painted whole") {
  table rows{{{""}}};
  rows.add({"x"}, paint::green);
  CHECK(rows.text({80, true}) == "\x1b[32mx\x1b[0m\n");
}
