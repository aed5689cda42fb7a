// What a process's end says about its cause. See the header.
#include "app/host/system/ending.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <string_view>

#include "app/worker/system_call_names.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace {

/// The last whole or cut-off line that starts with `prefix`, without it; empty if there is none.
std::string_view last_line_with(std::string_view text, std::string_view prefix) {
  std::string_view found;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with(prefix)) found = line.substr(prefix.size());
  }
  return found;
}

}  // namespace

std::string why_worker_ended(const process_event& exited) {
  constexpr std::string_view prefix = "planguild-worker: ";
  const std::string_view said = last_line_with(exited.stderr_tail, prefix);
  if (!said.empty()) return std::string(prefix) + std::string(said);
  const std::string how = exited.signal ? "signal " + std::to_string(*exited.signal)
                                        : "exit code " + std::to_string(exited.exit_code.value_or(0));
  return "planguild-worker ended with " + how + " before it stated its layers";
}

std::string filtered_call(const process_event& exited, entry_kind kind) {
  if (kind != entry_kind::library || exited.signal != SIGSYS) return {};
  const auto name = last_line_with(exited.stderr_tail, "planguild-library-worker: the system call filter stopped ");
  return is_system_call_text(name) ? std::string(name) : std::string();
}

std::string exceeded_limit(const process_event& exited, bool limited) {
  if (exited.signal == SIGXCPU) return "CPU time";
  if (exited.signal == SIGXFSZ) return "file size";
  if (!limited || exited.exit_code == 0) return {};
  const bool near = exited.resources.peak_memory_bytes >= limits::planner_memory_bytes_max / 4 * 3;
  if (exited.signal == SIGKILL && near) return "memory";
  constexpr std::array words{"std::bad_alloc", "MemoryError", "Cannot allocate memory", "OutOfMemoryError",
                             "out of memory"};
  const bool said = std::any_of(words.begin(), words.end(), [&exited](const char* text) {
    return exited.stderr_tail.find(text) != std::string::npos;
  });
  return said ? "memory" : std::string();
}

}  // namespace planguild
