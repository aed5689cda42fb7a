// Where the command's output goes: standard output, standard error, files. Owned by the command; main thread only.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "app/cli/options.hpp"
#include "app/cli/text_layout.hpp"
#include "messages/failure.hpp"

namespace planguild::cli {

/// Fills descriptors 0, 1 and 2 where they are closed, so that no file opened later takes their place; using them fails
/// as it would have. Before anything is opened.
void occupy_standard_descriptors() noexcept;

/// How the answer looks, on standard output or in the file of --out: colours as asked for, or on a terminal unless
/// NO_COLOR is set; the terminal's width (between 40 and 200), else 100 columns for what is wrapped, and nothing is
/// cut.
text_style answer_style(const command_line& line);

/// Whether standard error is a terminal.
bool is_error_terminal() noexcept;

/// Writes all of `text` to standard output. False if it cannot be written (closed, full): then nothing more makes
/// sense. Why is told once on standard error, but of a pipe that nobody reads.
bool print(std::string_view text);

/// Writes `text` to standard error; what cannot be written there is lost.
void complain(std::string_view text) noexcept;

/// Writes `text` to a new file beside `path` and renames it, so that `path` holds the old or the new text, whole. What
/// is there and is no plain file (a device, a pipe) is written to instead; a link stays and its file is replaced.
/// Returns what went wrong.
std::optional<failure> write_file(const std::string& path, std::string_view text);

/// Appends `line` and a line end to `path` in one write, so that processes that append at the same time do not mix.
std::optional<failure> append_line(const std::string& path, std::string_view line);

/// Why `append_line` could not append to `path`, as far as can be seen without making it: it is a folder, its folder is
/// not there, or one of them may not be written.
std::optional<failure> why_not_appendable(const std::string& path);

/// Why `write_file` could not write `path`, likewise.
std::optional<failure> why_not_writable(const std::string& path);

/// Reads `path`, or standard input for "-"; fails with invalid_request (cannot be read) or limit_exceeded.
outcome<std::string> read_input(const std::string& path, std::size_t bytes_max);

}  // namespace planguild::cli
