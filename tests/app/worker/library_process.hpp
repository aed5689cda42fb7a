// planguild-library-worker as a child: with a sealed copy of a shared object in memory, one end of a socketpair and a
// pipe, as planguild-worker leaves it. One test thread; waits are bounded by a minute, after which the test fails.
#pragma once

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace planguild::test {

/// The bytes of a shared object of the tests, by the name of its source.
std::string test_library(const std::string& name);

struct library_start {
  std::string bytes;  // of the shared object
  std::string name = "good_planner";
  std::vector<std::string> environment = {};
  std::vector<long> trapped_calls = {};     // a filter that traps these is on; needs `no_new_privileges`
  bool no_new_privileges = false;           // as planguild-worker sets it with the sandbox on
  std::vector<std::string> arguments = {};  // instead of --library and --name
};

class library_process {
 public:
  /// What a child that could not be set up (no filters here) ends with.
  static constexpr int not_set_up = 77;

  explicit library_process(const library_start& how);
  /// Kills the program if it still runs.
  ~library_process();
  library_process(const library_process&) = delete;
  library_process& operator=(const library_process&) = delete;

  void write(std::string_view bytes) const;
  void request(const std::string& id, const std::string& method,
               nlohmann::json params = nlohmann::json::object()) const;
  /// The next line, whatever it is; null at the end of output.
  nlohmann::json next();
  /// Asks and returns the next line that is no notification.
  nlohmann::json ask(const std::string& method, nlohmann::json params = nlohmann::json::object());
  void hang_up();
  /// Waits for the end: the exit code, or minus the signal.
  int ending();
  /// All that was written to standard error; after `ending`.
  const std::string& errors() const { return errors_; }

 private:
  void set_up_child(const library_start& how, int socket, int errors, int library) const;
  void read_errors();

  pid_t pid_ = 0;
  int socket_ = -1;
  int errors_end_ = -1;
  std::string buffer_;
  std::string errors_;
};

}  // namespace planguild::test
