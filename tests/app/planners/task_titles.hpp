// What the tests of the shipped planners look at first in a plan. Pure function.
#pragma once

#include <string>
#include <vector>

#include "messages/plan.hpp"

namespace planguild::test {

inline std::vector<std::string> titles(const plan& made) {
  std::vector<std::string> found;
  found.reserve(made.tasks.size());
  for (const auto& task : made.tasks) found.push_back(task.title);
  return found;
}

}  // namespace planguild::test
