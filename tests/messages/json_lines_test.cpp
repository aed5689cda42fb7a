// The line reader: however the bytes arrive, the same lines come out.
#include <catch2/catch.hpp>

#include "messages/json_lines.hpp"

using namespace planguild;

namespace {

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("Lines are the same wherever the stream is split") {
  const std::string stream = "one\ntwo\r\n\n\r\nfive\rmid\n\xc3\xa9\nrest";
  const lines expected = {"one", "two", "", "", "five\rmid", "\xc3\xa9"};
  for (std::size_t first = 0; first <= stream.size(); ++first) {
    for (std::size_t second = first; second <= stream.size(); ++second) {
      line_reader reader(100);
      lines found;
      CHECK(reader.feed(std::string_view{stream}.substr(0, first), found));
      CHECK(reader.feed(std::string_view{stream}.substr(first, second - first), found));
      CHECK(reader.feed(std::string_view{stream}.substr(second), found));
      CHECK(found == expected);
      CHECK(reader.partial() == "rest");
      CHECK(reader.partial_bytes() == 4);
    }
  }
}

TEST_CASE("A line of the bound passes and one byte more ends the stream") {
  for (const std::string ending : {"", "\n", "\r\n"}) {
    line_reader reader(4);
    lines found;
    const bool has_room = ending != "\r\n";
    CHECK(reader.feed("abcd" + ending, found) == has_room);
    CHECK(reader.overflowed() != has_room);
  }
  line_reader reader(4);
  lines found;
  CHECK_FALSE(reader.feed("ab\ncd\nefghi\njk\n", found));
  CHECK(found == lines{"ab", "cd"});
  CHECK(reader.overflowed());
  CHECK_FALSE(reader.feed("x\n", found));
  CHECK(found == lines{"ab", "cd"});
  CHECK(reader.partial_bytes() == 0);
}

TEST_CASE("Overflow does not depend on where the stream is split") {
  const std::string stream = "ok\nfine\ntoo long a line\nlater\n";
  for (std::size_t split = 0; split <= stream.size(); ++split) {
    line_reader reader(6);
    lines found;
    reader.feed(std::string_view{stream}.substr(0, split), found);
    CHECK_FALSE(reader.feed(std::string_view{stream}.substr(split), found));
    CHECK(found == lines{"ok", "fine"});
  }
}

TEST_CASE("A megabyte in single bytes is read") {
  line_reader reader(2'000'000);
  lines found;
  for (int count = 0; count < 1'000'000; ++count) reader.feed("x", found);
  CHECK(reader.partial_bytes() == 1'000'000);
  CHECK(reader.feed("\n", found));
  REQUIRE(found.size() == 1);
  CHECK(found.front().size() == 1'000'000);
}
