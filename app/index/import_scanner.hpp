// Finds the import statements of a source text: C and C++ includes, Python imports, JavaScript and TypeScript imports.
// Comments, strings, docstrings, raw strings, template and regular-expression literals are stepped over.
// Owned by app/index. Pure functions; any thread; any bytes are accepted; time is linear in the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/index/language.hpp"

namespace planguild {

/// How an import names what it imports; decides how it is resolved to a file.
enum class import_form : std::uint8_t {
  include_quoted,  ///< `#include "x"`
  include_angled,  ///< `#include <x>`
  python_module,   ///< `import a.b`
  python_member,   ///< `from a.b import c`: `member` is c, `level` the number of leading dots
  script_path      ///< `import … from 'x'`, `export … from 'x'`, `require('x')`, `import('x')`
};

/// One imported thing as written. A statement that imports two things gives two of these with the same line.
struct raw_import {
  std::uint32_t line = 0;  ///< 1-based line on which the statement begins.
  import_form form = import_form::include_quoted;
  bool type_only = false;  ///< Erased before run time: `import type`, `if TYPE_CHECKING:`, declaration files.
  std::uint8_t level = 0;  ///< Python: leading dots, at most 255.
  std::string target;      ///< Path or module as written, without quotes and leading dots.
  std::string member;      ///< Python: the imported name, or "*".
  std::string text;        ///< The statement on one line, cut to `import_text_bytes_max`.
};

/// What one reading of a file gives.
struct scan_result {
  std::uint32_t lines = 0;          ///< Newlines, plus one if the last line has none.
  std::vector<raw_import> imports;  ///< In order of their position; at most `imports_per_file_max`.
};

/// Whether the imports of files in `lang` are known; of the others only lines and sizes are.
bool imports_are_read(language lang);

/// Reads `text`, which is in `lang`; languages whose imports are not known give only lines. Never fails.
scan_result scan_source(language lang, std::string_view text);

/// The scanners behind `scan_source`, one per family. Each appends to `imports`.
void scan_includes(std::string_view text, std::vector<raw_import>& imports);
void scan_python(std::string_view text, std::vector<raw_import>& imports);
void scan_script(std::string_view text, bool typescript, std::vector<raw_import>& imports);

/// Turns growing byte offsets into line numbers; `line_at` must be called with offsets that do not shrink.
class line_counter {
 public:
  explicit line_counter(std::string_view text) : text_(text) {}
  /// 1-based line of the byte at `offset`.
  std::uint32_t line_at(std::size_t offset);

 private:
  std::string_view text_;
  std::size_t counted_ = 0;
  std::uint32_t line_ = 1;
};

/// The statement with each run of white space made one space, cut to `import_text_bytes_max` bytes.
std::string statement_text(std::string_view statement);

/// True for bytes that can continue a name in the languages read here; bytes above 127 count as letters.
constexpr bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80) != 0;
}

}  // namespace planguild
