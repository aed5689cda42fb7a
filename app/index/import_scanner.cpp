// Dispatch by language, and what the scanners share. Owned by app/index; pure functions, any thread.
#include "app/index/import_scanner.hpp"

#include <algorithm>

#include "app/index/index_limits.hpp"

namespace planguild {

bool imports_are_read(language lang) {
  switch (lang) {
    case language::c:
    case language::cpp:
    case language::objective_c:
    case language::python:
    case language::javascript:
    case language::typescript:
      return true;
    default:
      return false;
  }
}

scan_result scan_source(language lang, std::string_view text) {
  scan_result result;
  auto newlines = std::count(text.begin(), text.end(), '\n');
  result.lines = static_cast<std::uint32_t>(newlines) + (!text.empty() && text.back() != '\n' ? 1U : 0U);
  switch (lang) {
    case language::c:
    case language::cpp:
    case language::objective_c:
      scan_includes(text, result.imports);
      break;
    case language::python:
      scan_python(text, result.imports);
      break;
    case language::javascript:
      scan_script(text, false, result.imports);
      break;
    case language::typescript:
      scan_script(text, true, result.imports);
      break;
    default:
      break;
  }
  return result;
}

std::uint32_t line_counter::line_at(std::size_t offset) {
  offset = std::min(offset, text_.size());
  if (offset > counted_) {
    auto first = text_.begin() + static_cast<std::ptrdiff_t>(counted_);
    auto last = text_.begin() + static_cast<std::ptrdiff_t>(offset);
    line_ += static_cast<std::uint32_t>(std::count(first, last, '\n'));
    counted_ = offset;
  }
  return line_;
}

std::string statement_text(std::string_view statement) {
  std::string text;
  bool blank = false;
  for (char c : statement) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f') {
      blank = !text.empty();
      continue;
    }
    if (text.size() + (blank ? 2U : 1U) > index_limits::import_text_bytes_max) {
      // A cut inside a UTF-8 sequence would make the text unprintable.
      while (!text.empty() && (text.back() & 0xC0) == 0x80) {
        text.pop_back();
      }
      if (!text.empty() && (text.back() & 0x80) != 0) {
        text.pop_back();
      }
      break;
    }
    if (blank) {
      text.push_back(' ');
      blank = false;
    }
    text.push_back(c);
  }
  return text;
}

}  // namespace planguild
