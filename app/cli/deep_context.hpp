// The deep context of a selection or plan: given as a file, or made by indexing the repository. Owned by the command;
// main thread (indexing blocks and has threads of its own).
#pragma once

#include <string>

#include "app/cli/command_support.hpp"
#include "app/cli/plan_view.hpp"
#include "app/cli/progress.hpp"
#include "messages/selection.hpp"

namespace planguild::cli {

struct deep_context {
  context_view view;
  context_facts facts;     // what ranking sees
  std::string text;        // JSON, or empty
  std::string repository;  // absolute path, or empty
};

/// Reads --context, else indexes --repo, else makes none. Fails with `invalid_request` (no such folder or file, broken
/// JSON), `limit_exceeded`, `cancelled`.
outcome<deep_context> make_deep_context(const command_context& context, progress_line& progress);

}  // namespace planguild::cli
