// The single passes that scrubbing is made of, each linear in the text. Used by scrub.cpp only. Pure functions, any
// thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace planguild::scrub_steps {

inline constexpr std::string_view mask = "***";

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_word(char c) noexcept {
  return is_letter(c) || is_digit(c) || c == '_';
}
constexpr bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}
constexpr bool is_space(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Whether `text` has `lowered` (lower case) at `position`, in any case.
bool has_at(std::string_view text, std::size_t position, std::string_view lowered) noexcept;

/// Every occurrence of one of `values` (longest first) masked.
std::string mask_values(std::string text, const std::vector<std::string>& values);

/// Private-key blocks masked.
std::string mask_private_keys(std::string text);

/// Keys' values, bearer tokens, user-info in URLs and token shapes masked.
std::string mask_secrets(std::string_view text);

/// End of the well-known token that starts at `position` (ghp_…, xoxb-…, AKIA…, sk-…, glpat-…, a JWT, AIza…); none: no
/// token. Remembers the run of characters that it looked at, so that a pass over a text stays linear.
class token_shapes {
 public:
  explicit token_shapes(std::string_view text) : text_(text) {}
  std::optional<std::size_t> end_of_token(std::size_t position);

 private:
  std::size_t run_end(std::size_t position);
  std::optional<std::size_t> end_of_web_token(std::size_t position);

  std::string_view text_;
  std::size_t run_end_ = 0;  // end of the run of [A-Za-z0-9_-] that was looked at last
  std::size_t web_token_run_ = 0;
  std::optional<std::size_t> web_token_end_;
};

/// Absolute paths of two or more components become <path>/last-component; URLs stay, but for file: ones.
std::string hide_paths(std::string_view text);

/// Of each run of stack frames the first three stay, then a mark says how many more there were.
std::string shorten_traces(std::string_view text);

}  // namespace planguild::scrub_steps
