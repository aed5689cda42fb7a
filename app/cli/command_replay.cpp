// replay: recorded decisions, taken again line by line. Owned by the command; main thread.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/commands.hpp"
#include "app/cli/output.hpp"
#include "app/cli/replay.hpp"
#include "app/host/system/system_reason.hpp"
#include "messages/json_lines.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

constexpr std::size_t differences_shown_max = 10;  // of one line
constexpr std::uint64_t malformed_shown_max = 5;

/// What was replayed so far.
struct replay_tally {
  std::uint64_t lines = 0;
  std::uint64_t taken = 0;      // those that are decisions
  std::uint64_t malformed = 0;  // those that are neither blank nor decisions
  std::uint64_t compared = 0;
  std::uint64_t different = 0;
  bool printed = true;
};

std::string source_name(const std::string& path) {
  return path == "-" ? std::string{"standard input"} : printable(path);
}

std::string line_name(const replay_tally& tally, const std::string& path) {
  return source_name(path) + ", line " + std::to_string(tally.lines);
}

/// Replays one line; false ends the run.
bool take(const std::string& line, const std::string& path, replay_tally& tally) {
  ++tally.lines;
  if (text::trim(line).empty()) return true;
  const auto answer = replay_line(line);
  if (!answer) {
    if (++tally.malformed <= malformed_shown_max) {
      complain("planguild: " + line_name(tally, path) + ": " + printable(answer.error->message) + "\n");
    }
    return true;
  }
  ++tally.taken;
  tally.printed = print(answer->line + "\n");
  if (answer->compared) ++tally.compared;
  if (answer->differences.empty()) return tally.printed;
  ++tally.different;
  for (std::size_t each = 0; each < std::min(answer->differences.size(), differences_shown_max); ++each) {
    complain("planguild: " + line_name(tally, path) + ": " + printable(answer->differences[each]) + "\n");
  }
  return tally.printed;
}

/// Reads to the end of `descriptor`. Returns why it could not, if it could not.
std::string take_all(int descriptor, const std::string& path, replay_tally& tally) {
  line_reader reader{limits::protocol_line_bytes_max};
  std::array<char, 65'536> chunk{};
  std::vector<std::string> lines;
  while (true) {
    const auto count = ::read(descriptor, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_reason();
    lines.clear();
    const bool fits = reader.feed({chunk.data(), static_cast<std::size_t>(count)}, lines);
    if (count == 0 && reader.partial_bytes() > 0) lines.push_back(reader.partial());
    for (const auto& line : lines) {
      if (!take(line, path, tally)) return {};
    }
    if (!fits) {
      return "line " + std::to_string(tally.lines + 1) + " is longer than " +
             std::to_string(limits::protocol_line_bytes_max) + " bytes";
    }
    if (count == 0) return {};
  }
}

}  // namespace

int run_replay(const command_context& context) {
  const auto& path = context.line.files.front();
  const int descriptor = path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  replay_tally tally;
  const auto reason = descriptor < 0 ? system_reason() : take_all(descriptor, path, tally);
  if (descriptor >= 0) ::close(descriptor);
  if (tally.malformed > malformed_shown_max) {
    const auto untold = tally.malformed - malformed_shown_max;
    complain("planguild: and " + with_separators(untold) +
             (untold == 1 ? " more line that is" : " more lines that are") + " no decision\n");
  }
  if (!reason.empty()) {
    return report_failure({failure_code::invalid_request, "cannot replay " + source_name(path) + ": " + reason, {}, {}},
                          context);
  }
  if (!tally.printed) return exit_code::negative;
  if (tally.taken == 0) {
    // A yes would say that all decisions are as they were.
    return report_failure({failure_code::invalid_request,
                           "there is nothing to replay: " + source_name(path) +
                               " holds no decision; `planguild plan --record FILE` writes one to a file",
                           {},
                           {}},
                          context);
  }
  if (tally.different > 0 || !context.line.quiet) {
    complain("planguild: " + counted(tally.compared, "decision") + " compared, " + with_separators(tally.different) +
             " different\n");
  }
  if (tally.malformed > 0) return exit_code::usage;
  return tally.different == 0 ? exit_code::yes : exit_code::negative;
}

}  // namespace planguild::cli
