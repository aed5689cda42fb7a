// The repository index as text. Owned by the command; pure function, any thread.
#pragma once

#include <string>

#include "app/cli/text_layout.hpp"
#include "app/index/repository_index.hpp"

namespace planguild::cli {

/// Totals, the first hotspots, every import cycle with its cheapest cut and every layer break (at most 20 of each).
std::string index_text(const repository_index& index, const text_style& style);

}  // namespace planguild::cli
