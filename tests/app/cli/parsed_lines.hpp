// Command lines as the tests of the options write them. Test support; any thread.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "app/cli/options.hpp"

namespace planguild::test {

inline cli::parsed_command_line parse(const std::vector<std::string>& arguments) {
  return cli::parse_command_line(arguments, "9.9.9");
}

/// What is understood; the test fails if it is not.
inline cli::command_line good(const std::vector<std::string>& arguments) {
  auto parsed = parse(arguments);
  INFO(parsed.text);
  REQUIRE(parsed.line);
  return *parsed.line;
}

/// What is said to a command line that is refused; the test fails if it is not.
inline std::string refusal(const std::vector<std::string>& arguments) {
  const auto parsed = parse(arguments);
  REQUIRE_FALSE(parsed.line);
  CHECK(parsed.exit_code == cli::exit_code::usage);
  return parsed.text;
}

}  // namespace planguild::test
