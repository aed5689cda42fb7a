// The attacks that have an effect unless a layer stops them, and which layers do: one rule for every posture, that
// there is an effect if and only if none of an attack's layers is active. Test support; constants.
#pragma once

#include <string_view>
#include <vector>

namespace planguild::test {

struct attack_case {
  std::string_view attack;
  /// Layers of which each one alone stops it, separated by spaces; see has_layer. "hygiene" is what the worker does
  /// always, with FACTORY_SANDBOX=off, too; "discovery" refuses the planner before anything of it runs.
  std::string_view stopped_by;
  /// The same where the host is not root; empty: no difference.
  std::string_view stopped_by_as_user = {};
  /// The call for which the system call filter ends the process, instead of refusing it.
  std::string_view ended_for = {};
  bool command = true;  // which kinds of planner try it
  bool library = true;
};

const std::vector<attack_case>& attack_cases();

}  // namespace planguild::test
