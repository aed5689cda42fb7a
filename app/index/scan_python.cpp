// Python: `import` and `from … import` statements. Owned by app/index; pure functions, any thread.
// Only what begins a statement counts; imports under `if TYPE_CHECKING:` are marked type-only.
#include <algorithm>

#include "app/index/import_scanner.hpp"
#include "app/index/index_limits.hpp"

namespace planguild {

namespace {

class python_scanner {
 public:
  python_scanner(std::string_view text, std::vector<raw_import>& imports)
      : text_(text), lines_(text), imports_(imports) {}

  void run() {
    if (text_.starts_with("\xEF\xBB\xBF")) {
      at_ = 3;
    }
    begin_line();
    while (at_ < text_.size()) {
      step();
    }
  }

 private:
  void step() {
    char c = text_[at_];
    if (c == '\n') {
      ++at_;
      if (brackets_ == 0) {
        begin_line();
      }
    } else if (c == '#') {
      skip_comment();
    } else if (c == '"' || c == '\'') {
      skip_string(c);
    } else if (c == '\\') {
      at_ += text_.substr(at_ + 1, 2) == "\r\n" ? 3 : 2;
    } else if (c == '(' || c == '[' || c == '{') {
      ++brackets_;
      ++at_;
    } else if (c == ')' || c == ']' || c == '}') {
      brackets_ -= brackets_ > 0 ? 1U : 0U;
      ++at_;
    } else if ((c == ';' || c == ':') && brackets_ == 0) {
      ++at_;
      begin_statement();
    } else {
      ++at_;
    }
  }

  // At the start of a logical line: measures its indentation and sees whether a type-checking block begins or ends.
  void begin_line() {
    std::size_t indent = 0;
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\f')) {
      indent = text_[at_] == '\t' ? (indent / 8 + 1) * 8 : indent + 1;
      ++at_;
    }
    if (at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '#') {
      return;
    }
    if (in_type_block_ && indent <= type_block_indent_) {
      in_type_block_ = false;
    }
    if (!in_type_block_ && is_type_checking_test()) {
      in_type_block_ = true;
      type_block_indent_ = indent;
    }
    begin_statement();
  }

  // True at `if TYPE_CHECKING:` and `if typing.TYPE_CHECKING:`; a negated or combined test is none.
  bool is_type_checking_test() const {
    if (!text_.substr(at_).starts_with("if ") && !text_.substr(at_).starts_with("if(")) {
      return false;
    }
    auto end = std::min(text_.find_first_of(":\n", at_), text_.size());
    auto condition = text_.substr(at_ + 2, end - at_ - 2);
    while (!condition.empty() && (condition.front() == ' ' || condition.front() == '(')) {
      condition.remove_prefix(1);
    }
    while (!condition.empty() && (condition.back() == ' ' || condition.back() == ')')) {
      condition.remove_suffix(1);
    }
    auto plain = std::all_of(condition.begin(), condition.end(), [](char c) { return is_name_byte(c) || c == '.'; });
    return plain && (condition == "TYPE_CHECKING" || condition.ends_with(".TYPE_CHECKING"));
  }

  void begin_statement() {
    skip_blanks(false);
    auto begin = at_;
    auto first = peek_name();
    if (first == "import") {
      at_ += first.size();
      import_statement(begin);
    } else if (first == "from") {
      at_ += first.size();
      from_statement(begin);
    }
  }

  std::string_view peek_name() const {
    auto end = at_;
    while (end < text_.size() && is_name_byte(text_[end])) {
      ++end;
    }
    return text_.substr(at_, end - at_);
  }

  // Blanks, and line ends where a backslash or an open parenthesis continues the statement.
  void skip_blanks(bool in_parentheses) {
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || (in_parentheses && c == '\n')) {
        ++at_;
      } else if (c == '\\' && at_ + 1 < text_.size() && (text_[at_ + 1] == '\n' || text_[at_ + 1] == '\r')) {
        at_ += text_.substr(at_ + 1, 2) == "\r\n" ? 3 : 2;
      } else if (in_parentheses && c == '#') {
        skip_comment();
      } else {
        return;
      }
    }
  }

  // `a.b.c`, blanks around the dots allowed; empty if there is none.
  std::string dotted_name() {
    std::string name;
    while (true) {
      skip_blanks(false);
      auto part = peek_name();
      if (part.empty()) {
        return name;
      }
      name += part;
      at_ += part.size();
      skip_blanks(false);
      if (at_ >= text_.size() || text_[at_] != '.') {
        return name;
      }
      name += '.';
      ++at_;
    }
  }

  void skip_alias(bool in_parentheses) {
    skip_blanks(in_parentheses);
    if (peek_name() == "as") {
      at_ += 2;
      skip_blanks(in_parentheses);
      at_ += peek_name().size();
      skip_blanks(in_parentheses);
    }
  }

  void import_statement(std::size_t begin) {
    auto first = imports_.size();
    while (true) {
      auto name = dotted_name();
      if (name.empty()) {
        break;
      }
      raw_import found;
      found.form = import_form::python_module;
      found.target = std::move(name);
      add(std::move(found));
      skip_alias(false);
      if (at_ >= text_.size() || text_[at_] != ',') {
        break;
      }
      ++at_;
    }
    finish(first, begin);
  }

  void from_statement(std::size_t begin) {
    auto first = imports_.size();
    raw_import base;
    base.form = import_form::python_member;
    skip_blanks(false);
    while (at_ < text_.size() && text_[at_] == '.') {
      base.level = static_cast<std::uint8_t>(std::min(base.level + 1, 255));
      ++at_;
      skip_blanks(false);
    }
    if (peek_name() != "import") {
      base.target = dotted_name();
    }
    skip_blanks(false);
    if (peek_name() != "import" || (base.target.empty() && base.level == 0)) {
      return;
    }
    at_ += 6;
    skip_blanks(false);
    bool in_parentheses = at_ < text_.size() && text_[at_] == '(';
    at_ += in_parentheses ? 1U : 0U;
    members(base, in_parentheses);
    finish(first, begin);
  }

  void members(const raw_import& base, bool in_parentheses) {
    while (at_ < text_.size()) {
      skip_blanks(in_parentheses);
      auto name = at_ < text_.size() && text_[at_] == '*' ? text_.substr(at_, 1) : peek_name();
      if (!name.empty()) {
        raw_import found = base;
        found.member = name;
        at_ += name.size();
        add(std::move(found));
        skip_alias(in_parentheses);
      }
      if (at_ >= text_.size() || text_[at_] != ',') {
        break;
      }
      ++at_;
    }
    if (in_parentheses && at_ < text_.size() && text_[at_] == ')') {
      ++at_;
    }
  }

  void add(raw_import found) {
    if (imports_.size() < index_limits::imports_per_file_max) {
      imports_.push_back(std::move(found));
    }
  }

  // Gives what one statement added its line, text and mark.
  void finish(std::size_t first, std::size_t begin) {
    if (first == imports_.size()) {
      return;
    }
    auto line = lines_.line_at(begin);
    auto statement = statement_text(text_.substr(begin, at_ - begin));
    for (auto i = first; i < imports_.size(); ++i) {
      imports_[i].line = line;
      imports_[i].text = statement;
      imports_[i].type_only = in_type_block_;
    }
  }

  void skip_comment() { at_ = std::min(text_.find('\n', at_), text_.size()); }

  // A triple-quoted string ends at its quotes, another at its quote or at the end of its line. A backslash keeps the
  // next byte from ending it, in raw strings too.
  void skip_string(char quote) {
    bool triple = at_ + 2 < text_.size() && text_[at_ + 1] == quote && text_[at_ + 2] == quote;
    at_ += triple ? 3 : 1;
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == '\\') {
        at_ += text_.substr(at_ + 1, 2) == "\r\n" ? 3 : 2;
      } else if (triple && c == quote && text_.substr(at_ + 1, 2) == std::string(2, quote)) {
        at_ += 3;
        return;
      } else if (!triple && c == quote) {
        ++at_;
        return;
      } else if (!triple && c == '\n') {
        return;
      } else {
        ++at_;
      }
    }
  }

  std::string_view text_;
  line_counter lines_;
  std::vector<raw_import>& imports_;
  std::size_t at_ = 0;
  unsigned brackets_ = 0;
  bool in_type_block_ = false;
  std::size_t type_block_indent_ = 0;
};

}  // namespace

void scan_python(std::string_view text, std::vector<raw_import>& imports) {
  python_scanner(text, imports).run();
}

}  // namespace planguild
