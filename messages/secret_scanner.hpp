// The pass that masks secrets where their surroundings give them away. It reads the text once: whatever it looks at, it
// also consumes or remembers. Used by mask_secrets only (scrub_secrets.cpp: what it steps over; secret_values.cpp:
// where values end). One text, one thread.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "messages/scrub_steps.hpp"

namespace planguild::scrub_steps {

/// Whether the value of this key goes to the end of the line.
inline bool is_header(std::string_view key) noexcept {
  for (const std::string_view name : {"authorization", "cookie", "cookies"}) {
    if (key.size() >= name.size() && has_at(key, key.size() - name.size(), name)) return true;
  }
  return false;
}

class secret_scanner {
 public:
  explicit secret_scanner(std::string_view text) : text_(text), shapes_(text) { result_.reserve(text.size()); }

  std::string run() {
    while (at_ < text_.size()) step();
    add_copied();
    return std::move(result_);
  }

 private:
  /// An opening or closing quote as it stands in the text: " or ', with the backslashes of JSON inside JSON; or
  /// nothing.
  using quote = std::string_view;
  static constexpr std::size_t quote_bytes_max = 8;

  void step();
  void step_word();
  bool step_user_info();
  void step_value(std::string_view key, quote key_quote, std::size_t place);
  bool take_separator(std::size_t key_begin, std::size_t& place, quote& key_quote) const;
  bool step_bearer(std::string_view word);
  void mask_quoted(std::string_view key, quote opened, std::size_t begin);
  bool is_quoted_key(std::size_t begin, quote opened) const;
  std::size_t unquoted_end(std::string_view key, std::size_t begin, quote key_quote);
  std::size_t parameters_end(std::size_t begin, quote around);
  void mask_unquoted(std::string_view key, std::size_t begin, quote key_quote);
  bool is_masked_already(std::size_t begin) const;
  std::size_t closing_quote(quote opened, std::size_t begin);
  static bool is_outer_quote(std::size_t backslashes, quote opened);
  bool ends_value(std::size_t& place) const;
  std::size_t word_value_end(std::size_t begin) const;
  std::size_t line_value_end(std::size_t begin) const;
  std::size_t bracketed_end(std::size_t begin, quote key_quote) const;

  bool is_at(std::size_t place, std::string_view wanted) const {
    return place <= text_.size() && text_.substr(place).starts_with(wanted);
  }
  char char_at(std::size_t place) const { return place < text_.size() ? text_[place] : '\n'; }
  quote quote_at(std::size_t place) const;
  /// Whether what follows a quote says that it closes a text.
  bool ends_text(std::size_t place) const {
    return std::string_view{",:}])\r\n"}.find(char_at(place)) != std::string_view::npos;
  }
  std::size_t name_end(std::size_t place) const {
    while (is_word(char_at(place)) || char_at(place) == '-') ++place;
    return place;
  }
  /// Leaves everything up to `place` as it is.
  void copy_to(std::size_t place) { at_ = place; }
  /// Puts the mask, between `around`, in place of everything up to `place`.
  void mask_to(std::size_t place, std::string_view around = {}) {
    add_copied();
    result_.append(around).append(mask).append(around);
    at_ = place;
    copied_ = place;
  }
  void add_copied() {
    result_.append(text_, copied_, at_ - copied_);
    copied_ = at_;
  }

  std::string_view text_;
  std::string result_;
  std::size_t at_ = 0;
  std::size_t copied_ = 0;  // of the text up to here the result has what it is to have
  token_shapes shapes_;
  // By quote: up to here no closing one follows.
  std::array<std::size_t, 2 * quote_bytes_max> unclosed_until_{};
};

}  // namespace planguild::scrub_steps
