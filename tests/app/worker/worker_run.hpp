// Runs planguild-worker by hand, as a host would: over a socketpair and a pipe, as root or as another user, under a
// filter that takes kernel features away. Test support; one thread. Every wait has a deadline of 20 s.
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace planguild::test {

/// A system call that fails with `error` for the worker and all it becomes, as in a container or on an older kernel.
struct denied_call {
  long number;
  int error;
  unsigned flags = 0;     // only where the argument has one of these bits; 0: always
  unsigned argument = 0;  // counted from 0
  unsigned exactly = 0;   // only where the argument is this; 0: always
};

/// A program that answers each denied call with its error and lets everything else through.
std::vector<sock_filter> filter_that_denies(const std::vector<denied_call>& denied);

struct worker_request {
  std::string layers;                // by their names, comma separated
  std::vector<std::string> options;  // further ones of the worker
  std::vector<std::string> program;  // with its arguments
  std::string directory = "/";
  uid_t user = 0;  // that runs the worker; only a root test can choose another
  std::vector<std::string> environment{"PATH=/usr/bin:/bin"};
  std::vector<sock_filter> filter;  // of layer seccomp: the worker finds it at descriptor 20
  std::vector<denied_call> denied;  // by an outer filter
  std::string parent;               // of --parent; empty: this process
  std::vector<int> inherited;       // descriptors that the worker is to find open under the same numbers
};

struct layer_fact {
  std::string state;
  std::string detail;
};

class worker_run {
 public:
  explicit worker_run(const worker_request& request);
  ~worker_run();
  worker_run(const worker_run&) = delete;
  worker_run& operator=(const worker_run&) = delete;

  /// The statement, read once. Fails the test if there is none or it is malformed.
  const std::map<std::string, layer_fact>& statement();
  const std::string& statement_line() const { return line_; }
  const layer_fact& layer(const std::string& name);

  void send(const std::string& text);
  void close_input();
  /// One line of the program's without its end; empty at the end of the output.
  std::string read_line();
  /// Waits for the end. Returns it as waitpid tells it.
  int wait();
  /// What arrived on standard error, after the end.
  std::string errors();

  pid_t pid() const { return pid_; }
  /// The process that became the program, or will: the worker, or the second child in its process namespace.
  pid_t program_pid() const;

 private:
  pid_t pid_ = -1;
  int socket_ = -1;
  int errors_ = -1;
  bool ended_ = false;
  int status_ = 0;
  std::string line_;
  std::string rest_;
  std::map<std::string, layer_fact> statement_;
};

/// Runs attempt_program with these attempts to its end. Returns each attempt's outcome, by the attempt with its
/// argument and, for the first of a name, by the name: "ok", "ok ANSWER" or an errno name. The statement is in
/// `statement`, if given.
std::map<std::string, std::string> outcomes(const worker_request& request, const std::vector<std::string>& attempts,
                                            std::map<std::string, layer_fact>* statement = nullptr);

/// A field of /proc/PID/status, such as "Seccomp"; empty if there is no such process.
std::string status_field(pid_t process, const std::string& field);

/// The processes whose parent is `process`.
std::vector<pid_t> children_of(pid_t process);

/// Waits until the process does not run: gone, or a zombie whose parent has not looked. False after 20 s.
bool ends(pid_t process);

}  // namespace planguild::test
