// Output and input of the command. Owned by the command; main thread only.
#include "app/cli/output.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <system_error>
#include <utility>

#include "app/host/system/system_reason.hpp"

namespace planguild::cli {
namespace {

bool write_all(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const auto count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// The operator typed the path, so it is shown as it is.
failure cannot(std::string_view what, const std::string& path, const std::string& reason) {
  return {failure_code::invalid_request, "cannot " + std::string{what} + " " + path + ": " + reason, {}, path};
}

/// Writes to a file that is there already: a device or a pipe keeps its place, and what it took it keeps.
std::optional<failure> write_in_place(const std::string& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot("write", path, system_reason());
  bool good = write_all(descriptor, text);
  auto reason = good ? std::string{} : system_reason();
  if (::close(descriptor) != 0 && good) {
    good = false;
    reason = system_reason();
  }
  return good ? std::nullopt : std::optional{cannot("write", path, reason)};
}

/// Empty, or why it is not allowed to this process.
std::string why_not(const std::string& place, int access) {
  return ::faccessat(AT_FDCWD, place.c_str(), access, AT_EACCESS) == 0 ? std::string{} : system_reason();
}

/// Empty, or why no file can be made beside `path`.
std::string why_nothing_beside(const std::string& path) {
  const auto parent = std::filesystem::path{path}.parent_path().string();
  auto reason = why_not(parent.empty() ? "." : parent, W_OK | X_OK);
  return reason.empty() ? reason : "its folder: " + reason;
}

/// Why the file cannot be made, or, where it is there, what `existing` says of it.
std::optional<failure> why_not_possible(const char* verb, const std::string& path,
                                        const std::function<std::string(const struct stat&)>& existing) {
  struct stat facts {};
  std::string reason;
  if (::stat(path.c_str(), &facts) == 0) {
    reason = S_ISDIR(facts.st_mode) ? "it is a folder" : existing(facts);
  } else if (errno != ENOENT) {
    reason = system_reason();
  } else {
    reason = path.empty() || path.back() == '/' ? "it names no file" : why_nothing_beside(path);
  }
  return reason.empty() ? std::nullopt : std::optional{cannot(verb, path, reason)};
}

}  // namespace

void occupy_standard_descriptors() noexcept {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    // Open the wrong way round: what is read cannot be written. The lowest free descriptor is this one.
    (void)::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

text_style answer_style(const command_line& line) {
  text_style style;
  const bool terminal = line.out_file.empty() && ::isatty(STDOUT_FILENO) == 1;
  winsize size{};
  if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    style.columns = std::clamp<std::size_t>(size.ws_col, 40, 200);
  }
  const char* no_colour = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): main thread, nobody sets it
  const bool wanted = no_colour == nullptr || *no_colour == '\0';
  style.is_cut = terminal;
  style.colour =
      line.colour == colour_choice::always || (line.colour == colour_choice::automatic && terminal && wanted);
  return style;
}

bool is_error_terminal() noexcept {
  return ::isatty(STDERR_FILENO) == 1;
}

bool print(std::string_view text) {
  if (write_all(STDOUT_FILENO, text)) return true;
  // Who closed the pipe has read enough; anybody else misses an answer.
  static bool is_told = false;
  if (errno != EPIPE && !std::exchange(is_told, true)) {
    complain("planguild: cannot write standard output: " + system_reason() + "\n");
  }
  return false;
}

void complain(std::string_view text) noexcept {
  (void)write_all(STDERR_FILENO, text);
}

std::optional<failure> write_file(const std::string& path, std::string_view text) {
  struct stat facts {};
  const bool exists = ::stat(path.c_str(), &facts) == 0;
  if (exists && S_ISDIR(facts.st_mode)) return cannot("write", path, "it is a folder");
  // Renaming over /dev/null or a link to it would put a plain file in its place.
  if (exists && !S_ISREG(facts.st_mode)) return write_in_place(path, text);
  // A link stays one: the file that it names is replaced.
  std::error_code unresolved;
  const auto target = exists ? std::filesystem::canonical(path, unresolved).string() : path;
  if (unresolved) return cannot("write", path, unresolved.message());
  auto temporary = target + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return cannot("write", path, system_reason());
  // As a file made by open would be; the mask can only be read by setting it.
  const auto mask = ::umask(0);
  ::umask(mask);
  bool good = ::fchmod(descriptor, 0666 & ~mask) == 0 && write_all(descriptor, text);
  auto reason = good ? std::string{} : system_reason();
  if (::close(descriptor) != 0 && good) {
    good = false;
    reason = system_reason();
  }
  if (good && ::rename(temporary.c_str(), target.c_str()) != 0) {
    good = false;
    reason = system_reason();
  }
  if (good) return std::nullopt;
  ::unlink(temporary.c_str());
  return cannot("write", path, reason);
}

std::optional<failure> append_line(const std::string& path, std::string_view line) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) return cannot("append to", path, system_reason());
  const bool good = write_all(descriptor, std::string{line} + "\n");
  const auto reason = good ? std::string{} : system_reason();
  ::close(descriptor);
  return good ? std::nullopt : std::optional{cannot("append to", path, reason)};
}

std::optional<failure> why_not_appendable(const std::string& path) {
  return why_not_possible("append to", path, [&path](const struct stat&) { return why_not(path, W_OK); });
}

std::optional<failure> why_not_writable(const std::string& path) {
  return why_not_possible("write", path, [&path](const struct stat& facts) {
    if (!S_ISREG(facts.st_mode)) return why_not(path, W_OK);
    std::error_code unresolved;
    const auto target = std::filesystem::canonical(path, unresolved).string();
    return unresolved ? unresolved.message() : why_nothing_beside(target);
  });
}

outcome<std::string> read_input(const std::string& path, std::size_t bytes_max) {
  const int descriptor = path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot("read", path, system_reason());
  std::string text;
  std::array<char, 65'536> chunk{};
  std::optional<failure> problem;
  while (!problem) {
    const auto count = ::read(descriptor, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) problem = cannot("read", path, system_reason());
    if (count <= 0) break;
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (text.size() > bytes_max) {
      problem = cannot("read", path, "more than " + std::to_string(bytes_max) + " bytes");
      problem->code = failure_code::limit_exceeded;
    }
  }
  ::close(descriptor);
  if (problem) return *problem;
  return text;
}

}  // namespace planguild::cli
