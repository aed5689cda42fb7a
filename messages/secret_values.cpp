// Where values of secret keys end: quotes, words, lines, brackets, parameters of headers. Part of secret_scanner.
#include <algorithm>

#include "messages/scrub.hpp"
#include "messages/secret_scanner.hpp"

namespace planguild::scrub_steps {

secret_scanner::quote secret_scanner::quote_at(std::size_t place) const {
  const auto rest = text_.substr(place, quote_bytes_max);
  const auto backslashes = rest.find_first_not_of('\\');
  if (backslashes == std::string_view::npos || (rest[backslashes] != '"' && rest[backslashes] != '\'')) return {};
  // Each level of JSON inside JSON doubles the backslashes and adds one; other numbers end with an escaped backslash.
  const bool is_level = (backslashes & (backslashes + 1)) == 0;
  return is_level ? rest.substr(0, backslashes + 1) : quote{};
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

/// End of a header's parameters as in `Digest username="x", response="y"` and `sid="x"; Path=/`: an optional word, then
/// names, "=" and values in quotes or without, separated by "," or ";". `begin` where none of the values is quoted
/// (then the ordinary rules reach as far) or the quotes are those `around` the header.
std::size_t secret_scanner::parameters_end(std::size_t begin, quote around) {
  const auto skip_blanks = [this](std::size_t place) {
    while (is_blank(char_at(place))) ++place;
    return place;
  };
  auto result = begin;
  auto place = begin;
  if (const auto word = name_end(begin); is_blank(char_at(word))) place = skip_blanks(word);  // the scheme
  while (place < text_.size()) {
    auto next = name_end(place);
    if (next == place) return result;
    next = skip_blanks(next);
    if (char_at(next) == '=') {
      next = skip_blanks(next + 1);
      const auto opened = quote_at(next);
      if (opened.empty()) {
        next = word_value_end(next);
      } else {
        // What a value cannot begin with says that this quote ends the text around: "Basic eA==", "next": …
        const char first = char_at(next + opened.size());
        const bool is_empty = quote_at(next + opened.size()) == opened;
        if (opened == around ||
            (!is_empty && std::string_view{" \t\r\n,:;}])>"}.find(first) != std::string_view::npos)) {
          return result;
        }
        const auto close = closing_quote(opened, next + opened.size());
        if (close == text_.size() || quote_at(close) != opened) return result;
        next = result = close + opened.size();
      }
    }
    place = skip_blanks(next);
    if (char_at(place) != ',' && char_at(place) != ';') return result;
    place = skip_blanks(place + 1);
  }
  return result;
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

/// End of a value without quotes: of a header's line, of a word, of the word behind a scheme. Where the value is itself
/// the name of a secret with a value of its own ("credentials: password: x"), the end of that one.
std::size_t secret_scanner::unquoted_end(std::string_view key, std::size_t begin, quote key_quote) {
  while (true) {
    if (key_quote.empty() && is_header(key)) return line_value_end(parameters_end(begin, {}));
    auto end = word_value_end(begin);
    const auto word = text_.substr(begin, end - begin);
    for (const std::string_view scheme : {"bearer", "basic", "digest", "token"}) {
      if (!has_at(word, 0, scheme) || word.size() != scheme.size() || !is_blank(char_at(end))) continue;
      auto behind = end;
      while (is_blank(char_at(behind))) ++behind;
      end = std::max(end, word_value_end(behind));
      break;
    }
    auto place = name_end(begin);
    key = text_.substr(begin, place - begin);
    quote closed;
    if (!is_secret_name(key) || !take_separator(begin, place, closed) || !closed.empty() || place < end) return end;
    const auto opened = quote_at(place);
    const auto inner = place + opened.size();
    if (word_value_end(inner) == inner || (!opened.empty() && ends_text(inner))) return end;
    if (!opened.empty()) {
      const auto close = closing_quote(opened, inner);
      if (close == text_.size()) return word_value_end(inner);
      return quote_at(close) == opened ? word_value_end(close + opened.size()) : close;
    }
    begin = place;
    key_quote = {};
  }
}

}  // namespace planguild::scrub_steps
