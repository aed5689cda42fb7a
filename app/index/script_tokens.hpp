// Tokens of JavaScript and TypeScript, as far as finding imports needs them. Owned by app/index; one object per text,
// not shared. Comments vanish; code inside `${…}` of a template is tokenized, the template's text is not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace planguild {

enum class script_token_kind : std::uint8_t { end, name, number, string, punctuation, other };

/// One token; `text` of a string is what stands between the quotes, of punctuation its one byte.
struct script_token {
  script_token_kind kind = script_token_kind::end;
  std::size_t offset = 0;  ///< Where the token begins, quotes included.
  std::string_view text;

  bool is(char c) const { return kind == script_token_kind::punctuation && text.front() == c; }
  bool is_name(std::string_view name) const { return kind == script_token_kind::name && text == name; }
};

class script_tokens {
 public:
  explicit script_tokens(std::string_view text);

  /// The next token; `end` for ever once the text is over. Never fails; linear time over the whole text.
  script_token next();

 private:
  void skip_space_and_comments();
  script_token name();
  script_token string(char quote);
  script_token template_literal();
  script_token punctuation();
  script_token finish(script_token_kind kind, std::size_t begin, std::string_view text);
  bool regular_expression_may_follow() const;
  void skip_regular_expression();
  bool skip_template_text();

  std::string_view text_;
  std::size_t at_ = 0;
  script_token last_;
  // For each open `${`: how many braces are open inside it.
  std::vector<unsigned> substitutions_;
};

}  // namespace planguild
