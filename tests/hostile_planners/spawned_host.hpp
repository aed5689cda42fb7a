// Runs hostile_host, if need be without some of the kernel's calls, and reads what it says. Test support; the test's
// thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace planguild::test {

struct host_call {
  std::vector<std::string> arguments;     // of hostile_host
  std::vector<std::string> environment;   // NAME=value, all of it but PATH
  std::vector<std::string> without = {};  // NAME=ERROR of without_calls
};

/// The host as a running process, its standard output a pipe, its standard error a pipe.
class spawned_host {
 public:
  explicit spawned_host(const host_call& call);
  /// Kills it if it still runs, and reaps it.
  ~spawned_host();
  spawned_host(const spawned_host&) = delete;
  spawned_host& operator=(const spawned_host&) = delete;

  pid_t id() const noexcept { return child_; }
  /// The next line of its output; false at the end, or after a minute.
  bool next_line(std::string& line);
  /// Its exit code, 128 + signal, or -1 if it does not end within a minute. Its standard error is in `errors`.
  int wait(std::string& errors);
  void kill();

 private:
  pid_t child_ = -1;
  int output_ = -1;
  int errors_ = -1;
  std::string waiting_;
};

}  // namespace planguild::test
