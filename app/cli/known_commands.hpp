// The commands with their options and arguments as CLI11 was told of them, for hints at what was meant. Owned by the
// command; pure functions, any thread.
#pragma once

#include <vector>

#include "app/cli/unknown_words.hpp"

namespace CLI {
class App;
}

namespace planguild::cli {

/// What may stand before any command, under an empty name, and then every command of `app`.
std::vector<known_command> all_known(const CLI::App& app);

}  // namespace planguild::cli
