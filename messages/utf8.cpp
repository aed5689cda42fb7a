// Counting, cutting and repairing UTF-8. What is no valid sequence counts as single bytes, so every input has an
// answer. Pure functions, any thread.
#include <cstddef>
#include <string>
#include <string_view>

#include "messages/text.hpp"

namespace planguild::text {
namespace {

constexpr bool is_continuation(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Length of the valid UTF-8 sequence at `position`, or 0: overlong forms, surrogates, values over U+10FFFF and cut-off
/// sequences are not valid.
std::size_t sequence_length(std::string_view text, std::size_t position) noexcept {
  const auto byte = [&](std::size_t offset) { return static_cast<unsigned char>(text[position + offset]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  unsigned char second_min = 0x80;
  unsigned char second_max = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) second_min = 0xA0;
    if (first == 0xED) second_max = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) second_min = 0x90;
    if (first == 0xF4) second_max = 0x8F;
  }
  if (length == 0 || text.size() - position < length) return 0;
  if (byte(1) < second_min || byte(1) > second_max) return 0;
  for (std::size_t offset = 2; offset < length; ++offset) {
    if (!is_continuation(text[position + offset])) return 0;
  }
  return length;
}

/// The largest position up to `position` that is not inside a character.
std::size_t boundary_before(std::string_view text, std::size_t position) noexcept {
  for (std::size_t back = 1; back <= 3 && back <= position; ++back) {
    const auto length = sequence_length(text, position - back);
    if (length > back) return position - back;
    if (length > 0) break;
  }
  return position;
}

}  // namespace

std::string cut_code_points(std::string_view text, std::size_t code_points) {
  std::size_t position = 0;
  for (; code_points > 0 && position < text.size(); --code_points) {
    const auto length = sequence_length(text, position);
    position += length > 0 ? length : 1;
  }
  return std::string{text.substr(0, position)};
}

std::size_t count_code_points(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text) {
    if (!is_continuation(c)) ++count;
  }
  return count;
}

std::string cut_bytes(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string{text};
  const auto mark = [](std::size_t cut) { return " …(" + std::to_string(cut) + " bytes cut)"; };
  const auto reserved = mark(text.size()).size();  // at least as long as the mark that is written
  if (bytes < reserved) return std::string{text.substr(0, boundary_before(text, bytes))};
  const auto kept = boundary_before(text, bytes - reserved);
  return std::string{text.substr(0, kept)} + mark(text.size() - kept);
}

std::string valid_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t position = 0; position < text.size();) {
    const auto length = sequence_length(text, position);
    if (length == 0) {
      result += "\xEF\xBF\xBD";
      ++position;
    } else {
      result += text.substr(position, length);
      position += length;
    }
  }
  return result;
}

}  // namespace planguild::text
