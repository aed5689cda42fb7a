// Reads the one line in which planguild-worker states the layers that it put on. Pure, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/failure.hpp"
#include "messages/sandbox.hpp"

namespace planguild {

/// The layers of a statement (without its line end), as app/worker/layers.hpp describes it. Strict: every layer once,
/// in its order, with a known state and a text, and nothing else; otherwise a failure with the reason.
outcome<std::vector<sandbox_layer>> parse_statement(std::string_view line);

/// More about a layer than its worker can know.
struct layer_note {
  std::string layer;
  std::string text;
  bool never_asked = false;  // it is wanted, but there was nothing to ask with: it is unavailable, not off
};

/// Adds notes to the details of the layers.
void add_notes(std::vector<sandbox_layer>& layers, const std::vector<layer_note>& notes);

}  // namespace planguild
