// The pass that masks secrets where their surroundings give them away: what it steps over. Pure functions, any thread.
#include <algorithm>

#include "messages/scrub.hpp"
#include "messages/secret_scanner.hpp"

namespace planguild::scrub_steps {
namespace {

constexpr std::string_view cut_mark = "…(";  // what text::cut_bytes leaves; never a value

}  // namespace

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
  // The separator first: few words have one, and to tell whether a word names a secret costs far more.
  auto place = end;
  quote key_quote;
  if (!take_separator(begin, place, key_quote)) return;
  if (is_secret_name(word) || (is_escape && is_secret_name(word.substr(1)))) step_value(word, key_quote, place);
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

void secret_scanner::step_value(std::string_view key, quote key_quote, std::size_t place) {
  const auto opened = quote_at(place);
  // A quote that nothing but punctuation follows ends the text around the key, which has no value then.
  if (key_quote.empty() && !opened.empty() && ends_text(place + opened.size())) return copy_to(place);
  if (is_masked_already(place + opened.size())) return copy_to(place + opened.size());
  // Masking the inner key of `"credentials": "password": "x"` would show its value.
  if (!opened.empty() && is_quoted_key(place + opened.size(), opened)) return copy_to(place + opened.size());
  if (!opened.empty()) {
    mask_quoted(key, opened, place + opened.size());
  } else {
    mask_unquoted(key, place, key_quote);
  }
}

void secret_scanner::mask_quoted(std::string_view key, quote opened, std::size_t begin) {
  copy_to(begin);
  // The quotes of a header's parameters are not the one around the header.
  const auto parameters = is_header(key) ? parameters_end(begin, opened) : begin;
  const auto end = closing_quote(opened, parameters);
  const auto value_end = end < text_.size() ? end : word_value_end(parameters);
  if (value_end > begin) mask_to(value_end);
}

/// Whether the text that `opened` opened before `begin` is a secret's name with a value of its own.
bool secret_scanner::is_quoted_key(std::size_t begin, quote opened) const {
  const auto end = name_end(begin);
  auto place = end;
  quote closed;
  return end > begin && take_separator(begin, place, closed) && closed == opened &&
         is_secret_name(text_.substr(begin, end - begin));
}

void secret_scanner::mask_unquoted(std::string_view key, std::size_t begin, quote key_quote) {
  std::size_t end = begin;
  if (char_at(begin) == '{' || char_at(begin) == '[') {
    // Only what is JSON: elsewhere a bracket starts code or prose, whose own keys are looked at one by one.
    if (key_quote.empty()) return copy_to(begin);
    end = bracketed_end(begin, key_quote);
  } else {
    const auto word_end = word_value_end(begin);
    const auto word = text_.substr(begin, word_end - begin);
    for (const std::string_view harmless : {"null", "true", "false", "none"}) {
      if (has_at(word, 0, harmless) && word.size() == harmless.size()) return copy_to(word_end);
    }
    end = unquoted_end(key, begin, key_quote);
  }
  if (end == begin) return;
  copy_to(begin);
  mask_to(end, key_quote);
}

std::string mask_secrets(std::string_view text) {
  return secret_scanner{text}.run();
}

}  // namespace planguild::scrub_steps
