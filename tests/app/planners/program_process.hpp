// A planner program as a child, spoken to by two pipes. One test thread; waits are bounded by a minute, after which the
// test fails.
#pragma once

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace planguild::test {

class program_process {
 public:
  /// Starts `name` from <PLANGUILD_BINARY_DIR>/planners.
  explicit program_process(const std::string& name);
  /// Kills the program if it still runs.
  ~program_process();
  program_process(const program_process&) = delete;
  program_process& operator=(const program_process&) = delete;

  /// Writes bytes as they are.
  void write(std::string_view bytes) const;
  /// Writes a request with this id.
  void request(const std::string& id, const std::string& method,
               nlohmann::json params = nlohmann::json::object()) const;
  /// The next line, whatever it is; null at the end of output.
  nlohmann::json next();
  /// The next line that is no notification.
  nlohmann::json answer();
  void close_input();
  /// Waits for the end; the exit code, or minus the signal.
  int exit_code();
  /// Bytes that `next` cannot give any more: true once the output is over.
  bool at_end() { return next().is_null(); }

 private:
  pid_t pid_ = 0;
  int input_ = -1;
  int output_ = -1;
  std::string buffer_;
};

}  // namespace planguild::test
