// Masks secrets in everything that leaves: failures, logs, reports, plans, evidence. Pure functions but for the list of
// secret environment values, which is read once per process. Any thread. Linear time; never throws.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace planguild {

struct scrub_options {
  bool hide_paths = true;  // absolute paths become <path>/last-component, stack traces keep 3 frames
  std::size_t bytes_max = std::size_t{64} * 1'024;  // longer text is cut with a mark
};

/// `text` with these masked as `***`: values of keys that look secret (password, token, api_key, …, in JSON, assignment
/// and header syntax), bearer tokens, user-info in URLs, private-key blocks, well-known token shapes, and the values (8
/// characters or longer) of this process's environment variables with such names.
std::string scrub(std::string_view text, const scrub_options& options = {});

/// As above with the secret values given instead of taken from the environment.
std::string scrub(std::string_view text, const scrub_options& options, const std::vector<std::string>& secret_values);

/// The first `code_points` of `text` as it is without secrets. Masked before it is cut: half a token no longer looks
/// like one. Paths stay.
std::string scrubbed_label(std::string_view text, std::size_t code_points);

/// Whether a key or variable of this name holds a secret.
bool is_secret_name(std::string_view name) noexcept;

}  // namespace planguild
