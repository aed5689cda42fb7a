// The pass that masks secrets where their surroundings give them away. It reads the text once: whatever it looks at, it
// also consumes or remembers. Pure functions, any thread.
#include <algorithm>
#include <array>

#include "messages/scrub.hpp"
#include "messages/scrub_steps.hpp"

namespace planguild::scrub_steps {
namespace {

constexpr std::string_view cut_mark = "…(";  // what text::cut_bytes leaves; never a value

class secret_scanner {
 public:
  explicit secret_scanner(std::string_view text) : text_(text), shapes_(text) { result_.reserve(text.size()); }

  std::string run() {
    while (at_ < text_.size()) step();
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
  void step_value(std::string_view key, std::size_t key_begin, std::size_t key_end);
  bool take_separator(std::size_t key_begin, std::size_t& place, quote& key_quote) const;
  bool step_bearer(std::string_view word);
  void mask_quoted(quote opened, std::size_t begin);
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
  /// Copies up to `place`.
  void copy_to(std::size_t place) {
    result_.append(text_, at_, place - at_);
    at_ = place;
  }
  /// Puts the mask in place of everything up to `place`.
  void mask_to(std::size_t place) {
    result_ += mask;
    at_ = place;
  }

  std::string_view text_;
  std::string result_;
  std::size_t at_ = 0;
  token_shapes shapes_;
  // By quote: up to here no closing one follows.
  std::array<std::size_t, 2 * quote_bytes_max> unclosed_until_{};
};

void secret_scanner::step() {
  const char c = text_[at_];
  if (is_word(c)) return step_word();
  if (c == ':' && step_user_info()) return;
  copy_to(at_ + 1);
}

bool secret_scanner::step_user_info() {
  if (!is_at(at_, "://") || at_ == 0 || !is_word(text_[at_ - 1])) return false;
  const auto begin = at_ + 3;
  auto end = begin;
  std::size_t user_info_end = 0;
  for (; end < text_.size() && std::string_view{"/?#\"'<>\\`"}.find(text_[end]) == std::string_view::npos &&
         !is_space(text_[end]);
       ++end) {
    if (text_[end] == '@') user_info_end = end;
  }
  copy_to(begin);
  if (user_info_end > begin) mask_to(user_info_end);
  return true;
}

void secret_scanner::step_word() {
  const auto begin = at_;
  auto end = begin;
  while (end < text_.size() && (is_word(text_[end]) || text_[end] == '-')) {
    if (end == begin || text_[end - 1] == '-') {
      if (const auto token_end = shapes_.end_of_token(end)) {
        copy_to(end);
        return mask_to(*token_end);
      }
    }
    ++end;
  }
  const auto word = text_.substr(begin, end - begin);
  copy_to(end);
  if (step_bearer(word)) return;
  // Inside JSON a line may end in "\n": the n belongs to it, not to the word.
  const bool is_escape =
      begin > 0 && text_[begin - 1] == '\\' && std::string_view{"nrt"}.find(word.front()) != std::string_view::npos;
  if (is_secret_name(word) || (is_escape && is_secret_name(word.substr(1)))) step_value(word, begin, end);
}

/// Masks the token behind "Bearer ". In prose a word follows there; a token is long, and not just letters.
bool secret_scanner::step_bearer(std::string_view word) {
  if (word.size() != 6 || !has_at(word, 0, "bearer") || !is_blank(char_at(at_))) return false;
  if (at_ >= 8 && is_at(at_ - 8, "--")) return false;  // a flag: its value is masked whatever it looks like
  auto begin = at_;
  while (is_blank(char_at(begin))) ++begin;
  auto end = begin;
  while (end < text_.size() &&
         (is_word(text_[end]) || std::string_view{".~+/=-"}.find(text_[end]) != std::string_view::npos)) {
    ++end;
  }
  const auto token = text_.substr(begin, end - begin);
  if (token.size() < 8 || (token.size() < 20 && std::none_of(token.begin(), token.end(), is_digit))) return false;
  copy_to(begin);
  mask_to(end);
  return true;
}

secret_scanner::quote secret_scanner::quote_at(std::size_t place) const {
  const auto rest = text_.substr(place, quote_bytes_max);
  const auto backslashes = rest.find_first_not_of('\\');
  if (backslashes == std::string_view::npos || (rest[backslashes] != '"' && rest[backslashes] != '\'')) return {};
  // Each level of JSON inside JSON doubles the backslashes and adds one; other numbers end with an escaped backslash.
  const bool is_level = (backslashes & (backslashes + 1)) == 0;
  return is_level ? rest.substr(0, backslashes + 1) : quote{};
}

/// Moves `place` from behind the key to its value: over a closing quote, blanks, and ":", "=", ":=" or "=>"; or over
/// the blank behind "--token", the quote and comma behind "\"--token\"". False: no value belongs to the key.
bool secret_scanner::take_separator(std::size_t key_begin, std::size_t& place, quote& key_quote) const {
  const auto skip_blanks = [&] {
    while (is_blank(char_at(place))) ++place;
  };
  key_quote = quote_at(place);
  place += key_quote.size();
  const auto behind_quote = place;
  skip_blanks();
  if (is_at(place, ":=") || (is_at(place, "=>"))) {
    place += 2;
  } else if ((char_at(place) == ':' && char_at(place + 1) != ':' && !is_at(place, "://")) ||
             (char_at(place) == '=' && char_at(place + 1) != '=')) {
    ++place;
  } else if (key_begin >= 2 && is_at(key_begin - 2, "--")) {
    if (!key_quote.empty() && char_at(place) == ',') {
      ++place;
    } else if (place == behind_quote || char_at(place) == '-') {
      return false;
    }
    key_quote = {};
  } else {
    return false;
  }
  skip_blanks();
  return true;
}

bool secret_scanner::is_masked_already(std::size_t begin) const {
  if (is_at(begin, cut_mark)) return true;
  const auto end = std::min(text_.find_first_not_of('*', begin), text_.size());
  if (end == begin) return false;
  const char next = char_at(end);
  return is_space(next) ? !is_blank(next) || is_at(end + 1, cut_mark)
                        : std::string_view{",;&\"'`<>)]}\\"}.find(next) != std::string_view::npos;
}

void secret_scanner::step_value(std::string_view key, std::size_t key_begin, std::size_t key_end) {
  auto place = key_end;
  quote key_quote;
  if (!take_separator(key_begin, place, key_quote)) return;
  const auto opened = quote_at(place);
  // A quote that nothing but punctuation follows ends the text around the key, which has no value then.
  if (key_quote.empty() && !opened.empty() &&
      std::string_view{",:}])\r\n"}.find(char_at(place + opened.size())) != std::string_view::npos) {
    return copy_to(place);
  }
  if (is_masked_already(place + opened.size())) return copy_to(place + opened.size());
  if (!opened.empty()) {
    mask_quoted(opened, place + opened.size());
  } else {
    mask_unquoted(key, place, key_quote);
  }
}

/// Whether a \" behind so many backslashes belongs to the JSON text around what `opened` opened.
bool secret_scanner::is_outer_quote(std::size_t backslashes, quote opened) {
  const auto level = opened.size() - 1;
  return backslashes % (level + 1) != level || (opened.back() == '\'' && backslashes % 2 == 0);
}

/// The closing quote on the same line; the text's size if there is none.
std::size_t secret_scanner::closing_quote(quote opened, std::size_t begin) {
  const auto level = opened.size() - 1;  // backslashes before the quote: 0, or 1 inside JSON, 3 inside that, …
  auto& unclosed_until = unclosed_until_[level + (opened.back() == '"' ? 0 : quote_bytes_max)];
  if (begin < unclosed_until) return text_.size();
  auto place = begin;
  while (place < text_.size() && text_[place] != '\n') {
    const auto run_begin = place;
    while (char_at(place) == '\\') ++place;
    const auto backslashes = place - run_begin;
    // An escaped backslash is written with 2 * (level + 1) of them; what is left over is the quote's own.
    if (char_at(place) == opened.back() && backslashes % (2 * (level + 1)) == level) return place - level;
    // The JSON text around ends, and the value with it.
    if (char_at(place) == '"' && is_outer_quote(backslashes, opened)) return run_begin;
    if (char_at(place) != '\n') ++place;
  }
  unclosed_until = place;
  return text_.size();
}

void secret_scanner::mask_quoted(quote opened, std::size_t begin) {
  copy_to(begin);
  const auto end = closing_quote(opened, begin);
  const auto value_end = end < text_.size() ? end : word_value_end(begin);
  if (value_end > begin) mask_to(value_end);
}

/// Whether the backslashes at `place` end an unquoted value: those of a "\n" or "\"" inside JSON do. Otherwise `place`
/// moves behind them.
bool secret_scanner::ends_value(std::size_t& place) const {
  auto next = place;
  while (next < text_.size() && text_[next] == '\\') ++next;
  const bool is_quote = char_at(next) == '"' || char_at(next) == '\'';
  const bool is_escape = std::string_view{"nrt"}.find(char_at(next)) != std::string_view::npos;
  if (is_escape || (is_quote && (next - place) % 2 == 1)) return true;
  place = next;
  return false;
}

/// End of a value that is one word.
std::size_t secret_scanner::word_value_end(std::size_t begin) const {
  auto end = begin;
  while (end < text_.size() && !is_space(text_[end])) {
    if (std::string_view{",;&\"'`<>)]}"}.find(text_[end]) != std::string_view::npos) break;
    if (text_[end] != '\\') {
      ++end;
    } else if (ends_value(end)) {
      break;
    }
  }
  return end;
}

/// End of a header's value: of the line, or of the quotes around it.
std::size_t secret_scanner::line_value_end(std::size_t begin) const {
  auto end = begin;
  while (end < text_.size() && text_[end] != '\n' && text_[end] != '\r' && text_[end] != '"' && text_[end] != '\'') {
    if (text_[end] != '\\') {
      ++end;
    } else if (ends_value(end)) {
      break;
    }
  }
  return end;
}

/// Behind the bracket that closes the one at `begin`, or the end of the line or of the JSON text around.
std::size_t secret_scanner::bracketed_end(std::size_t begin, quote key_quote) const {
  const auto level = key_quote.size() - 1;
  std::size_t depth = 0;
  bool in_text = false;
  auto end = begin;
  while (end < text_.size() && text_[end] != '\n') {
    const auto run_begin = end;
    while (char_at(end) == '\\') ++end;
    const char c = char_at(end);
    if (c == key_quote.back() && (end - run_begin) % (2 * (level + 1)) == level) in_text = !in_text;
    if (c == '"' && is_outer_quote(end - run_begin, key_quote)) return run_begin;
    if (c != '\n') ++end;
    if (in_text) continue;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return end;
  }
  return std::min(end, text_.size());
}

void secret_scanner::mask_unquoted(std::string_view key, std::size_t begin, quote key_quote) {
  const bool is_header =
      key_quote.empty() && (has_at(key, key.size() - std::min<std::size_t>(key.size(), 13), "authorization") ||
                            has_at(key, key.size() - std::min<std::size_t>(key.size(), 6), "cookie"));
  std::size_t end = begin;
  if (char_at(begin) == '{' || char_at(begin) == '[') {
    // Only what is JSON: elsewhere a bracket starts code or prose, whose own keys are looked at one by one.
    if (key_quote.empty()) return copy_to(begin);
    end = bracketed_end(begin, key_quote);
  } else if (is_header) {
    end = line_value_end(begin);
  } else {
    end = word_value_end(begin);
    const auto word = text_.substr(begin, end - begin);
    for (const std::string_view harmless : {"null", "true", "false", "none"}) {
      if (has_at(word, 0, harmless) && word.size() == harmless.size()) return copy_to(end);
    }
    for (const std::string_view scheme : {"bearer", "basic", "digest", "token"}) {
      if (!has_at(word, 0, scheme) || word.size() != scheme.size() || !is_blank(char_at(end))) continue;
      while (is_blank(char_at(end))) ++end;
      end = word_value_end(end);
      break;
    }
  }
  if (end == begin) return;
  copy_to(begin);
  result_ += key_quote;
  mask_to(end);
  result_ += key_quote;
}

}  // namespace

std::string mask_secrets(std::string_view text) {
  return secret_scanner{text}.run();
}

}  // namespace planguild::scrub_steps
