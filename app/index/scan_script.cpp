// JavaScript and TypeScript: `import`, `export from`, `require()` and `import()`. Owned by app/index; pure functions,
// any thread. A tokenizer that knows comments, strings, templates and regular expressions, and a small parser of the
// four statements.
#include "app/index/import_scanner.hpp"
#include "app/index/index_limits.hpp"
#include "app/index/script_tokens.hpp"

namespace planguild {

namespace {

class script_scanner {
 public:
  script_scanner(std::string_view text, bool typescript, std::vector<raw_import>& imports)
      : tokens_(text), text_(text), lines_(text), typescript_(typescript), imports_(imports) {}

  void run() {
    advance();
    while (token_.kind != script_token_kind::end) {
      bool handled = token_.kind == script_token_kind::name && !is_member() && statement();
      if (!handled) {
        advance();
      }
    }
  }

 private:
  void advance() {
    before_ = token_;
    token_ = tokens_.next();
  }

  // At one of the three words: reads its statement as far as it goes. False at any other.
  bool statement() {
    if (token_.text == "import") {
      import_keyword();
    } else if (token_.text == "export") {
      export_keyword();
    } else if (token_.text == "require") {
      require_call();
    } else {
      return false;
    }
    return true;
  }

  // `x.require` is a member, `...require('x')` is not.
  bool is_member() const { return before_.is('.') && !(before_.offset > 0 && text_[before_.offset - 1] == '.'); }

  void import_keyword() {
    auto begin = token_.offset;
    auto left = before_;
    advance();
    if (token_.is('(')) {
      dynamic_import(begin, left);
    } else if (token_.kind == script_token_kind::string) {
      add(begin, token_, false);
      advance();
    } else if (token_.kind == script_token_kind::name || token_.is('{') || token_.is('*')) {
      clause_and_source(begin);
    }
  }

  void export_keyword() {
    auto begin = token_.offset;
    advance();
    bool marked = token_.is_name("type");
    if (marked) {
      advance();
    }
    if (!token_.is('{') && !token_.is('*')) {
      return;
    }
    bool type_only = marked;
    if (token_.is('{')) {
      type_only = braces() || marked;
    } else {
      advance();
      if (token_.is_name("as")) {
        advance();
        advance();
      }
    }
    source(begin, type_only);
  }

  // After `import`: an optional `type`, then names, `* as x` and braces up to `from`.
  void clause_and_source(std::size_t begin) {
    bool marked = false;
    if (token_.is_name("type") || token_.is_name("typeof")) {
      advance();
      // `import type from 'x'` imports a default called "type", unless another `from` follows.
      marked = !token_.is_name("from") && !token_.is(',') && !token_.is('=');
    }
    bool values = false;
    bool types = false;
    while (!token_.is_name("from")) {
      if (token_.is('{')) {
        (braces() ? types : values) = true;
        continue;
      }
      if (token_.kind != script_token_kind::name && !token_.is('*') && !token_.is(',')) {
        return;  // `import x = require('y')` and anything else goes on in the main loop
      }
      values = values || !token_.is(',');
      advance();
    }
    source(begin, marked || (types && !values));
  }

  // From `{` past `}`; true if there are specifiers and each is marked `type`.
  bool braces() {
    bool any = false;
    bool all_types = true;
    bool at_start = true;
    advance();
    while (token_.kind != script_token_kind::end && !token_.is('}')) {
      if (token_.is('{') || token_.is('(') || token_.is(';')) {
        return false;  // no list of specifiers
      }
      if (token_.is(',')) {
        at_start = true;
        advance();
        continue;
      }
      if (at_start) {
        any = true;
        at_start = false;
        bool type_word = token_.is_name("type");
        advance();
        // In `{type}` and `{type as x}` it is a name.
        all_types = all_types && type_word && !token_.is(',') && !token_.is('}') && !token_.is_name("as");
        continue;
      }
      advance();
    }
    if (token_.is('}')) {
      advance();
    }
    return any && all_types;
  }

  void source(std::size_t begin, bool type_only) {
    if (!token_.is_name("from")) {
      return;
    }
    advance();
    if (token_.kind == script_token_kind::string) {
      add(begin, token_, type_only);
      advance();
    }
  }

  void require_call() {
    auto begin = token_.offset;
    bool declared = before_.is_name("function");
    advance();
    if (!token_.is('(') || declared) {
      return;
    }
    advance();
    auto argument = token_;
    if (argument.kind != script_token_kind::string) {
      return;
    }
    advance();
    if (token_.is(')') || token_.is(',')) {
      add(begin, argument, false);
    }
  }

  void dynamic_import(std::size_t begin, const script_token& left) {
    advance();
    auto argument = token_;
    if (argument.kind != script_token_kind::string) {
      return;
    }
    advance();
    if (!token_.is(')') && !token_.is(',')) {
      return;
    }
    bool type_only = typescript_ && left.is_name("typeof");
    auto closed = token_.is(')');
    auto index = imports_.size();
    add(begin, argument, type_only);
    if (!closed) {
      return;
    }
    advance();
    if (typescript_ && token_.is('.') && index < imports_.size()) {
      advance();
      // `import('x').Name` is a type; `import('x').then(…)` is a call.
      bool promise = token_.is_name("then") || token_.is_name("catch") || token_.is_name("finally");
      imports_[index].type_only = type_only || !promise;
    }
  }

  void add(std::size_t begin, const script_token& source, bool type_only) {
    if (imports_.size() >= index_limits::imports_per_file_max) {
      return;
    }
    raw_import found;
    found.line = lines_.line_at(begin);
    found.form = import_form::script_path;
    found.type_only = type_only;
    found.target = source.text;
    found.text = statement_text(text_.substr(begin, source.offset + source.text.size() + 2 - begin));
    imports_.push_back(std::move(found));
  }

  script_tokens tokens_;
  script_token token_;
  script_token before_;
  std::string_view text_;
  line_counter lines_;
  bool typescript_;
  std::vector<raw_import>& imports_;
};

}  // namespace

void scan_script(std::string_view text, bool typescript, std::vector<raw_import>& imports) {
  script_scanner(text, typescript, imports).run();
}

}  // namespace planguild
