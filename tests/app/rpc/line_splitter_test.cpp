// Lines out of bytes, however they are cut. Pure; any thread.
#include "app/rpc/line_splitter.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace planguild;  // NOLINT(google-build-using-namespace)

namespace {

/// What a reader tells, with "TOO LONG" for a line over the bound.
std::vector<std::string> lines_of(std::string_view bytes, std::size_t bytes_max, std::size_t chunk_bytes) {
  std::vector<std::string> lines;
  const auto told = [&](std::optional<std::string_view> line) {
    lines.emplace_back(line ? std::string{*line} : "TOO LONG");
  };
  line_splitter reader{bytes_max};
  for (std::size_t at = 0; at < bytes.size(); at += chunk_bytes) reader.feed(bytes.substr(at, chunk_bytes), told);
  reader.finish(told);
  CHECK(reader.held_bytes() == 0);
  return lines;
}

}  // namespace

TEST_CASE("Lines come out whole, however their bytes are cut into chunks") {
  const std::size_t chunk_bytes = GENERATE(1U, 2U, 3U, 5U, 100U);
  CHECK(lines_of("one\ntwo\r\n\nthree", 10, chunk_bytes) == std::vector<std::string>{"one", "two", "", "three"});
}

TEST_CASE("A line over the bound is told once, and what follows it is read") {
  const std::size_t chunk_bytes = GENERATE(1U, 4U, 7U, 100U);
  CHECK(lines_of("ok\n12345678901234567890\nfine\n", 8, chunk_bytes) ==
        std::vector<std::string>{"ok", "TOO LONG", "fine"});
}

TEST_CASE("A line as long as the bound is read, one byte more is too long") {
  const std::size_t chunk_bytes = GENERATE(1U, 3U, 100U);
  CHECK(lines_of("12345678\n", 8, chunk_bytes) == std::vector<std::string>{"12345678"});
  CHECK(lines_of("123456789\n", 8, chunk_bytes) == std::vector<std::string>{"TOO LONG"});
}

TEST_CASE("A line that is too long and never ends is told once and held by nobody") {
  std::size_t told_count = 0;
  const auto told = [&](std::optional<std::string_view>) { ++told_count; };
  line_splitter reader{1'000};
  for (int each = 0; each < 100; ++each) reader.feed(std::string(100, 'x'), told);
  CHECK(told_count == 1);
  CHECK(reader.held_bytes() == 0);
  reader.finish(told);
  CHECK(told_count == 1);
}

TEST_CASE("Bytes of an unfinished line are held, and counted") {
  line_splitter reader{1'000};
  reader.feed("abc", [](std::optional<std::string_view>) { FAIL("there is no line yet"); });
  CHECK(reader.held_bytes() == 3);
}
