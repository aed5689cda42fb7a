// Runs one program to its end and collects what it prints, with a bound on time and output. Owned by app/index.
// Blocks the calling thread; must not run on a thread that serves actors.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

namespace planguild {

struct bounded_command {
  std::vector<std::string> argv;            ///< argv[0] is the program's absolute path.
  std::vector<std::string> environment;     ///< `NAME=value`; nothing of ours is passed on.
  std::size_t output_bytes_max = 0;         ///< Output is cut there and the program is killed.
  int timeout_ms = 0;                       ///< The program and its group are killed then.
  const std::atomic<bool>* stop = nullptr;  ///< If set, looked at ten times a second; the program is killed.
};

struct command_result {
  bool started = false;    ///< The program could be started at all.
  bool exited_ok = false;  ///< It exited by itself with status 0.
  bool timed_out = false;
  bool truncated = false;  ///< Output reached `output_bytes_max`.
  std::string output;      ///< Standard output.
  std::string error_text;  ///< The first 2 KiB of standard error.
};

/// Runs the program with standard input at its end and waits for it. Never throws; every failure is in the result. No
/// process is left: the program's whole group is killed unless it exited by itself.
command_result run_bounded(const bounded_command& command);

}  // namespace planguild
