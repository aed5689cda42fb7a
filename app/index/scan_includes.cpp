// C and C++: `#include` and `#import` directives. Owned by app/index; pure functions, any thread.
// Both branches of conditional compilation count; `#if 0` is a comment by another name and does not.
#include <array>

#include "app/index/import_scanner.hpp"
#include "app/index/index_limits.hpp"

namespace planguild {

namespace {

constexpr std::array<bool, 256> stop_bytes = [] {
  std::array<bool, 256> table{};
  table['\n'] = table['/'] = table['"'] = table['\''] = true;
  return table;
}();

class include_scanner {
 public:
  include_scanner(std::string_view text, std::vector<raw_import>& imports)
      : text_(text), lines_(text), imports_(imports) {}

  void run() {
    if (text_.starts_with("\xEF\xBB\xBF")) {
      at_ = 3;
    }
    directive();
    while (at_ < text_.size()) {
      switch (text_[at_]) {
        case '\n':
          newline();
          break;
        case '/':
          slash();
          break;
        case '"':
          is_raw_string() ? skip_raw_string() : skip_literal('"');
          break;
        case '\'':
          is_digit_separator() ? void(++at_) : skip_literal('\'');
          break;
        default:
          skip_plain();
      }
    }
  }

 private:
  void skip_plain() {
    while (at_ < text_.size() && !stop_bytes[static_cast<unsigned char>(text_[at_])]) {
      ++at_;
    }
  }

  // A line that continues the one before it is no directive.
  bool continues(std::size_t newline_at) const {
    auto before = newline_at;
    if (before > 0 && text_[before - 1] == '\r') {
      --before;
    }
    return before > 0 && text_[before - 1] == '\\';
  }

  void newline() {
    bool continued = continues(at_);
    ++at_;
    if (!continued) {
      directive();
    }
  }

  void slash() {
    if (text_.substr(at_, 2) == "/*") {
      auto end = text_.find("*/", at_ + 2);
      at_ = end == std::string_view::npos ? text_.size() : end + 2;
    } else if (text_.substr(at_, 2) == "//") {
      do {
        auto end = text_.find('\n', at_ + 1);
        at_ = end == std::string_view::npos ? text_.size() : end;
      } while (at_ < text_.size() && continues(at_));
    } else {
      ++at_;
    }
  }

  // The token of name bytes (and digit separators) that ends before the quote at `at_`.
  std::string_view token_before() const {
    auto begin = at_;
    while (begin > 0 && (is_name_byte(text_[begin - 1]) || text_[begin - 1] == '\'') && at_ - begin < 64) {
      --begin;
    }
    return text_.substr(begin, at_ - begin);
  }

  bool is_digit_separator() const {
    auto token = token_before();
    return !token.empty() && token.front() >= '0' && token.front() <= '9';
  }

  bool is_raw_string() const {
    if (at_ == 0 || text_[at_ - 1] != 'R') {
      return false;
    }
    auto token = token_before();
    return token == "R" || token == "u8R" || token == "uR" || token == "UR" || token == "LR";
  }

  void skip_raw_string() {
    auto open = text_.find('(', at_);
    // The standard allows 16 characters between quote and parenthesis.
    if (open == std::string_view::npos || open - at_ > 17) {
      skip_literal('"');
      return;
    }
    std::string close = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
    auto end = text_.find(close, open);
    at_ = end == std::string_view::npos ? text_.size() : end + close.size();
  }

  // Ends at the quote, or before the newline if the literal is not closed.
  void skip_literal(char quote) {
    ++at_;
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      if (text_[at_] != '\\') {
        ++at_;
        continue;
      }
      at_ += text_.substr(at_ + 1, 2) == "\r\n" ? 3 : 2;
    }
    if (at_ < text_.size() && text_[at_] == quote) {
      ++at_;
    }
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) {
      ++at_;
    }
  }

  std::string_view word() {
    auto begin = at_;
    while (at_ < text_.size() && is_name_byte(text_[at_])) {
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  // At the start of a line: reads a directive if there is one.
  void directive() {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != '#') {
      return;
    }
    auto begin = at_++;
    skip_blanks();
    auto name = word();
    if (name == "include" || name == "import") {
      include(begin);
    } else if (name.starts_with("if")) {
      open_condition(name);
    } else if (name == "endif") {
      disabled_depth_ -= disabled_depth_ > 0 ? 1U : 0U;
    } else if (name.starts_with("el") && disabled_depth_ == 1) {
      disabled_depth_ = 0;
    }
  }

  void open_condition(std::string_view name) {
    if (disabled_depth_ > 0) {
      ++disabled_depth_;
    } else if (name == "if") {
      skip_blanks();
      auto value = word();
      skip_blanks();
      bool alone = at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '/';
      disabled_depth_ = alone && (value == "0" || value == "false") ? 1 : 0;
    }
  }

  void include(std::size_t begin) {
    skip_blanks();
    if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '<')) {
      return;
    }
    bool quoted = text_[at_] == '"';
    auto first = at_ + 1;
    auto last = text_.find_first_of(quoted ? "\"\n" : ">\n", first);
    if (last == std::string_view::npos || text_[last] == '\n' || last == first) {
      at_ = last == std::string_view::npos ? text_.size() : last;
      return;
    }
    at_ = last + 1;
    if (disabled_depth_ > 0 || imports_.size() >= index_limits::imports_per_file_max) {
      return;
    }
    raw_import found;
    found.line = lines_.line_at(begin);
    found.form = quoted ? import_form::include_quoted : import_form::include_angled;
    found.target = text_.substr(first, last - first);
    found.text = statement_text(text_.substr(begin, at_ - begin));
    imports_.push_back(std::move(found));
  }

  std::string_view text_;
  line_counter lines_;
  std::vector<raw_import>& imports_;
  std::size_t at_ = 0;
  // How many conditions deep we are inside an `#if 0`; 0 outside.
  unsigned disabled_depth_ = 0;
};

}  // namespace

void scan_includes(std::string_view text, std::vector<raw_import>& imports) {
  include_scanner(text, imports).run();
}

}  // namespace planguild
