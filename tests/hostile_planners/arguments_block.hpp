// Where in a hostile program's file its arguments lie: the harness overwrites what follows the mark, so that each
// planner of the zoo is a file of its own, with a digest of its own. Constants only.
#pragma once

#include <cstddef>

#define HOSTILE_ARGUMENTS_MARK "hostile planner's arguments:\n"

namespace hostile {

inline constexpr std::size_t arguments_bytes = 4'096;

}  // namespace hostile
