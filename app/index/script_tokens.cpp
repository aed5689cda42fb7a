// The tokenizer. Whether a slash divides or begins a regular expression is decided by the token before it, as editors
// do. Owned by app/index; one object per text, not shared.
#include "app/index/script_tokens.hpp"

#include <algorithm>
#include <array>

#include "app/index/import_scanner.hpp"

namespace planguild {

namespace {

constexpr bool is_script_name_byte(char c) {
  return is_name_byte(c) || c == '$';
}

// After these words an expression begins, so a slash opens a regular expression.
constexpr std::array<std::string_view, 15> expression_words{"return", "typeof", "case",  "in",      "of",
                                                            "delete", "void",   "throw", "new",     "do",
                                                            "else",   "await",  "yield", "default", "instanceof"};

}  // namespace

script_tokens::script_tokens(std::string_view text) : text_(text) {
  if (text_.starts_with("\xEF\xBB\xBF")) {
    at_ = 3;
  }
  if (text_.substr(at_, 2) == "#!") {
    at_ = std::min(text_.find('\n', at_), text_.size());
  }
}

script_token script_tokens::next() {
  skip_space_and_comments();
  if (at_ >= text_.size()) {
    return finish(script_token_kind::end, text_.size(), {});
  }
  char c = text_[at_];
  if (is_script_name_byte(c)) {
    return name();
  }
  if (c == '"' || c == '\'') {
    return string(c);
  }
  if (c == '`') {
    return template_literal();
  }
  if (c == '/' && regular_expression_may_follow()) {
    auto begin = at_;
    skip_regular_expression();
    return finish(script_token_kind::other, begin, {});
  }
  return punctuation();
}

void script_tokens::skip_space_and_comments() {
  while (at_ < text_.size()) {
    char c = text_[at_];
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
      ++at_;
    } else if (c == '/' && text_.substr(at_, 2) == "//") {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '/' && text_.substr(at_, 2) == "/*") {
      auto end = text_.find("*/", at_ + 2);
      at_ = end == std::string_view::npos ? text_.size() : end + 2;
    } else {
      return;
    }
  }
}

script_token script_tokens::finish(script_token_kind kind, std::size_t begin, std::string_view text) {
  last_ = script_token{kind, begin, text};
  return last_;
}

script_token script_tokens::name() {
  auto begin = at_;
  while (at_ < text_.size() && is_script_name_byte(text_[at_])) {
    ++at_;
  }
  bool digit = text_[begin] >= '0' && text_[begin] <= '9';
  return finish(digit ? script_token_kind::number : script_token_kind::name, begin, text_.substr(begin, at_ - begin));
}

script_token script_tokens::string(char quote) {
  auto begin = at_++;
  while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
    at_ += text_[at_] == '\\' ? 2 : 1;
  }
  at_ = std::min(at_, text_.size());
  bool closed = at_ < text_.size() && text_[at_] == quote;
  auto content = text_.substr(begin + 1, at_ - begin - 1);
  at_ += closed ? 1U : 0U;
  return finish(closed ? script_token_kind::string : script_token_kind::other, begin, content);
}

// At a backtick. Without substitutions it is a string; else the code inside `${` comes as tokens of its own.
script_token script_tokens::template_literal() {
  auto begin = at_++;
  bool whole = skip_template_text();
  if (!whole) {
    // The substitution's code follows; nothing before it may look like a value.
    return finish(script_token_kind::punctuation, begin, "(");
  }
  auto end = at_ > begin + 1 ? at_ - 1 : at_;
  return finish(script_token_kind::string, begin, text_.substr(begin + 1, end - begin - 1));
}

// Moves past the closing backtick (true) or past `${` (false).
bool script_tokens::skip_template_text() {
  while (at_ < text_.size()) {
    char c = text_[at_];
    if (c == '\\') {
      at_ += 2;
    } else if (c == '`') {
      ++at_;
      return true;
    } else if (c == '$' && text_.substr(at_, 2) == "${") {
      at_ += 2;
      substitutions_.push_back(0);
      return false;
    } else {
      ++at_;
    }
  }
  at_ = text_.size();
  return true;
}

script_token script_tokens::punctuation() {
  auto begin = at_++;
  char c = text_[begin];
  if (c == '{' && !substitutions_.empty()) {
    ++substitutions_.back();
  } else if (c == '}' && !substitutions_.empty()) {
    if (substitutions_.back() > 0) {
      --substitutions_.back();
    } else {
      substitutions_.pop_back();
      if (skip_template_text()) {
        return finish(script_token_kind::other, begin, {});
      }
      return finish(script_token_kind::punctuation, begin, "(");
    }
  }
  return finish(script_token_kind::punctuation, begin, text_.substr(begin, 1));
}

bool script_tokens::regular_expression_may_follow() const {
  switch (last_.kind) {
    case script_token_kind::end:
      return true;
    case script_token_kind::name:
      return std::find(expression_words.begin(), expression_words.end(), last_.text) != expression_words.end();
    case script_token_kind::punctuation: {
      // After `<` it is a closing JSX tag; after `}` in JSX it is the end of a tag.
      char c = last_.text.front();
      return c != ')' && c != ']' && c != '}' && c != '<';
    }
    default:
      return false;
  }
}

void script_tokens::skip_regular_expression() {
  bool in_class = false;
  ++at_;
  while (at_ < text_.size() && text_[at_] != '\n') {
    char c = text_[at_];
    if (c == '\\') {
      at_ += 2;
      continue;
    }
    ++at_;
    if (c == '[') {
      in_class = true;
    } else if (c == ']') {
      in_class = false;
    } else if (c == '/' && !in_class) {
      break;
    }
  }
  at_ = std::min(at_, text_.size());
  while (at_ < text_.size() && is_script_name_byte(text_[at_])) {
    ++at_;
  }
}

}  // namespace planguild
