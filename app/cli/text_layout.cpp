// Text for a terminal. Owned by the command; pure functions, any thread.
#include "app/cli/text_layout.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "messages/text.hpp"

namespace planguild::cli {
namespace {

struct code_point {
  char32_t value = 0;
  std::size_t bytes = 1;
};

/// The character at the front of `text`, which must be valid UTF-8 and not empty.
code_point front(std::string_view text) noexcept {
  const auto byte = [&](std::size_t index) {
    return index < text.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[index])) : 0U;
  };
  const auto first = byte(0);
  if (first < 0x80) return {first, 1};
  if (first < 0xE0) return {((first & 0x1FU) << 6U) | (byte(1) & 0x3FU), 2};
  if (first < 0xF0) return {((first & 0x0FU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU), 3};
  return {((first & 0x07U) << 18U) | ((byte(1) & 0x3FU) << 12U) | ((byte(2) & 0x3FU) << 6U) | (byte(3) & 0x3FU), 4};
}

using range = std::pair<char32_t, char32_t>;

template <std::size_t Count>
bool is_within(char32_t value, const std::array<range, Count>& ranges) noexcept {
  return std::any_of(ranges.begin(), ranges.end(),
                     [value](const range& each) { return value >= each.first && value <= each.second; });
}

/// Controls, line and paragraph separators, bidirectional controls, invisible operators, tags, byte order mark.
bool is_unsafe(char32_t value) noexcept {
  static constexpr std::array<range, 8> unsafe = {{{0x00, 0x1F},
                                                   {0x7F, 0x9F},
                                                   {0x061C, 0x061C},
                                                   {0x200E, 0x200F},
                                                   {0x2028, 0x202E},
                                                   {0x2060, 0x206F},
                                                   {0xFEFF, 0xFEFF},
                                                   {0xE0000, 0xE007F}}};
  return is_within(value, unsafe);
}

bool is_combining(char32_t value) noexcept {
  static constexpr std::array<range, 10> combining = {{{0x0300, 0x036F},
                                                       {0x0483, 0x0489},
                                                       {0x0591, 0x05BD},
                                                       {0x064B, 0x065F},
                                                       {0x0E34, 0x0E3A},
                                                       {0x1AB0, 0x1AFF},
                                                       {0x200B, 0x200D},
                                                       {0x20D0, 0x20FF},
                                                       {0xFE00, 0xFE0F},
                                                       {0xFE20, 0xFE2F}}};
  return is_within(value, combining);
}

bool is_wide(char32_t value) noexcept {
  static constexpr std::array<range, 9> wide = {{{0x1100, 0x115F},
                                                 {0x2E80, 0x303E},
                                                 {0x3041, 0xA4CF},
                                                 {0xAC00, 0xD7A3},
                                                 {0xF900, 0xFAFF},
                                                 {0xFE30, 0xFE6F},
                                                 {0xFF00, 0xFF60},
                                                 {0x1F300, 0x1F64F},
                                                 {0x1F900, 0x3FFFD}}};
  return is_within(value, wide);
}

std::size_t width_of(char32_t value) noexcept {
  if (is_combining(value)) return 0;
  return is_wide(value) ? 2 : 1;
}

void append_escaped(std::string& result, char32_t value) {
  switch (value) {
    case U'\n':
      result += "\\n";
      return;
    case U'\r':
      result += "\\r";
      return;
    case U'\t':
      result += "\\t";
      return;
    default:
      break;
  }
  std::array<char, 16> buffer{};
  const char* form = value < 0x100 ? "\\x%02x" : "\\u{%x}";
  (void)std::snprintf(buffer.data(), buffer.size(), form, static_cast<unsigned>(value));
  result += buffer.data();
}

std::string made_printable(std::string_view text, bool keep_line_ends) {
  const std::string valid = text::valid_utf8(text);
  std::string result;
  result.reserve(valid.size());
  for (std::string_view rest = valid; !rest.empty();) {
    const auto next = front(rest);
    if (keep_line_ends && next.value == U'\n') {
      result += '\n';
    } else if (is_unsafe(next.value)) {
      append_escaped(result, next.value);
    } else {
      result += rest.substr(0, next.bytes);
    }
    rest.remove_prefix(std::min(next.bytes, rest.size()));
  }
  return result;
}

/// The longest front of `text` that takes at most `columns` columns, in bytes.
std::size_t bytes_within(std::string_view text, std::size_t columns) noexcept {
  std::size_t used = 0;
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const auto next = front(text.substr(bytes));
    const auto width = width_of(next.value);
    if (used + width > columns) break;
    used += width;
    bytes = std::min(bytes + next.bytes, text.size());
  }
  return bytes;
}

}  // namespace

std::string painted(const text_style& style, paint colour, std::string_view text) {
  if (!style.colour || colour == paint::plain || text.empty()) return std::string{text};
  static constexpr std::array<std::string_view, 6> codes = {"0", "1", "2", "31", "32", "33"};
  return "\x1b[" + std::string{codes[static_cast<std::size_t>(colour)]} + "m" + std::string{text} + "\x1b[0m";
}

std::string printable(std::string_view text) {
  return made_printable(text, false);
}

std::string printable_lines(std::string_view text) {
  return made_printable(text, true);
}

std::size_t display_width(std::string_view text) noexcept {
  std::size_t columns = 0;
  while (!text.empty()) {
    const auto next = front(text);
    columns += width_of(next.value);
    text.remove_prefix(std::min(next.bytes, text.size()));
  }
  return columns;
}

std::string fit(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string{text};
  if (columns == 0) return {};
  return std::string{text.substr(0, bytes_within(text, columns - 1))} + "…";
}

std::string fit(std::string_view text, std::size_t columns, const text_style& style) {
  return style.is_cut ? fit(text, columns) : std::string{text};
}

std::string fit_end(std::string_view text, std::size_t columns) {
  auto width = display_width(text);
  if (width <= columns) return std::string{text};
  if (columns == 0) return {};
  while (width > columns - 1) {
    const auto next = front(text);
    width -= width_of(next.value);
    text.remove_prefix(std::min(next.bytes, text.size()));
  }
  return "…" + std::string{text};
}

std::string pad_right(std::string_view text, std::size_t columns) {
  const auto width = display_width(text);
  return std::string{text} + std::string(width < columns ? columns - width : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t columns) {
  const auto width = display_width(text);
  return std::string(width < columns ? columns - width : 0, ' ') + std::string{text};
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  columns = std::max<std::size_t>(columns, 8);
  std::vector<std::string> lines;
  while (display_width(text) > columns) {
    auto bytes = bytes_within(text, columns);
    // A space just behind the front ends a whole word there.
    const auto space = text.substr(0, std::min(bytes + 1, text.size())).rfind(' ');
    if (space != std::string_view::npos && space > 0) bytes = space;
    lines.emplace_back(text.substr(0, bytes));
    text.remove_prefix(bytes);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

std::string labelled(std::string_view label, std::string_view text, const text_style& style,
                     std::size_t columns_of_label) {
  const auto width = style.columns > columns_of_label + 8 ? style.columns - columns_of_label : 8;
  std::string result;
  for (const auto& line : wrap(text, width)) {
    auto shown = result.empty() ? painted(style, paint::bold, label) : std::string{};
    const auto shown_columns = result.empty() ? display_width(label) : 0;
    shown += std::string(std::max(shown_columns + 1, columns_of_label) - shown_columns, ' ') + line;
    shown.erase(shown.find_last_not_of(' ') + 1);
    result += shown + "\n";
  }
  return result;
}

std::string copied_line(std::string_view text) {
  return "  " + printable(text) + "\n";
}

std::string with_separators(std::uint64_t number) {
  auto digits = std::to_string(number);
  for (std::size_t from_end = 3; from_end < digits.size(); from_end += 4) digits.insert(digits.size() - from_end, ",");
  return digits;
}

std::string counted(std::uint64_t number, std::string_view singular) {
  return with_separators(number) + " " + std::string{singular} + (number == 1 ? "" : "s");
}

std::string fixed(double value, int decimals) {
  std::array<char, 64> buffer{};
  (void)std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
  return buffer.data();
}

}  // namespace planguild::cli
