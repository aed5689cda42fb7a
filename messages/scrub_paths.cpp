// The passes that hide absolute paths and shorten stack traces. Pure functions, any thread.
#include "messages/scrub_steps.hpp"

namespace planguild::scrub_steps {
namespace {

constexpr std::size_t frames_kept = 3;
constexpr std::string_view more_frames_begin = "  … (";  // of the line for those left out; ends a trace when met again

/// Whether an absolute path may follow on what was read so far.
bool may_start_path(std::string_view before) noexcept {
  if (before.empty()) return true;
  const char c = before.back();
  if (is_word(c)) return false;
  if (static_cast<unsigned char>(c) >= 0x80) {
    // Quotes, dashes and arrows start with 0xC2 or 0xE2 in UTF-8; letters, which a relative path may hold, hardly ever.
    for (std::size_t back = 2; back <= 3 && back <= before.size(); ++back) {
      const auto lead = static_cast<unsigned char>(before[before.size() - back]);
      if (lead >= 0xC0) return lead == 0xC2 || lead == 0xE2;
    }
    return false;
  }
  if (c == '>' && before.ends_with("<path>")) return false;
  return std::string_view{"./~$}%*-@"}.find(c) == std::string_view::npos;
}

bool ends_path(std::string_view text, std::size_t place) noexcept {
  const char c = text[place];
  if (is_space(c)) return place == 0 || c != ' ' || text[place - 1] != '\\';
  if (c == '\\') return place + 1 >= text.size() || text[place + 1] != ' ';
  return std::string_view{"\"'`<>|;,:()[]{}"}.find(c) != std::string_view::npos || static_cast<unsigned char>(c) < 0x20;
}

/// Appends the path at `begin`, hidden if it has two components; returns its end.
std::size_t append_path(std::string_view text, std::size_t begin, std::string& result) {
  std::size_t end = begin;
  std::size_t components = 0;
  std::size_t last_begin = begin;
  while (end < text.size() && !ends_path(text, end)) {
    if (text[end] == '/') {
      ++end;
      continue;
    }
    last_begin = end;
    while (end < text.size() && text[end] != '/' && !ends_path(text, end)) ++end;
    ++components;
  }
  if (components < 2) {
    result.append(text, begin, end - begin);
  } else {
    result.append("<path>/").append(text, last_begin, end - last_begin);
  }
  return end;
}

/// Appends the URL whose "://" is at `colon`; returns its end. The path of a file URL is one of ours.
std::size_t append_url(std::string_view text, std::size_t colon, std::string& result) {
  auto end = colon + 3;
  if (colon >= 4 && has_at(text, colon - 4, "file") && (colon == 4 || !is_word(text[colon - 5]))) {
    result.append("://");
    return end < text.size() && text[end] == '/' ? append_path(text, end, result) : end;
  }
  while (end < text.size() && !is_space(text[end]) &&
         std::string_view{"\"'`<>\\"}.find(text[end]) == std::string_view::npos) {
    ++end;
  }
  result.append(text, colon, end - colon);
  return end;
}

enum class line_kind { other, frame, python_frame };

line_kind kind_of_line(std::string_view line) noexcept {
  std::size_t indent = 0;
  while (indent < line.size() && is_blank(line[indent])) ++indent;
  const auto rest = line.substr(indent);
  if (indent > 0 && rest.starts_with("at ")) return line_kind::frame;
  if (rest.starts_with("File \"")) {
    const auto end = rest.find('"', 6);
    if (end != std::string_view::npos && rest.substr(end).starts_with("\", line ")) return line_kind::python_frame;
  }
  if (rest.size() < 4 || rest.front() != '#' || !is_digit(rest[1])) return line_kind::other;
  std::size_t place = 1;
  while (place < rest.size() && is_digit(rest[place])) ++place;
  while (place < rest.size() && is_blank(rest[place])) ++place;
  return rest.substr(place).starts_with("0x") ? line_kind::frame : line_kind::other;
}

}  // namespace

std::string hide_paths(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ':' && at > 0 && is_word(text[at - 1]) && text.substr(at).starts_with("://")) {
      at = append_url(text, at, result);
    } else if (c == '/' && may_start_path(text.substr(0, at))) {
      at = append_path(text, at, result);
    } else {
      result += c;
      ++at;
    }
  }
  return result;
}

std::string shorten_traces(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  std::size_t frames = 0;        // in the current run
  bool in_python_frame = false;  // an indented line belongs to the frame before it
  const auto end_run = [&] {
    if (frames > frames_kept)
      result.append(more_frames_begin) += std::to_string(frames - frames_kept) + " more frames)\n";
    frames = 0;
    in_python_frame = false;
  };
  while (!text.empty()) {
    const auto line_end = text.find('\n');
    const auto line = text.substr(0, line_end == std::string_view::npos ? text.size() : line_end + 1);
    text.remove_prefix(line.size());
    const auto kind = kind_of_line(line);
    if (kind != line_kind::other) {
      ++frames;
      in_python_frame = kind == line_kind::python_frame;
    } else if (!in_python_frame || !is_blank(line.front()) || line.starts_with(more_frames_begin)) {
      end_run();
    }
    if (frames <= frames_kept) result += line;
  }
  end_run();
  return result;
}

}  // namespace planguild::scrub_steps
