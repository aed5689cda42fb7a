// Every way in which a planner's process may end or fail to speak, and how it has to be reported. Test support;
// constants.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/planner.hpp"

namespace planguild::test {

/// How one planner has to end.
struct ending_case {
  std::string attack;
  std::string stage;          // when it attacks
  std::string code;           // of the failure; "ok": the plan is made all the same
  std::string reported_in{};  // the stage in the evidence
  process_ending ending = process_ending::none;
  std::string detail{};  // part of the ending's detail; all of it where the filter ended it
  std::optional<int> exit_code{};
  std::optional<int> signal{};
  bool command = true;  // which kinds of planner do it
  bool library = true;
  bool big_request = false;  // more than a socket holds
  // Or as a planner that closed its output: which of the two is a matter of what its threads were at.
  bool or_output_closed = false;
};

/// Those that come to an end, or are ended, at once.
const std::vector<ending_case>& quick_endings();
/// Those that are ended because time runs out.
const std::vector<ending_case>& slow_endings();

}  // namespace planguild::test
