// A process of the same user that a planner might attack: it can be signalled and traced by whoever may, and holds a
// secret in its memory. Ends with its scope or with the test. Test support; one thread.
#pragma once

#include <sys/types.h>

#include <string>

namespace planguild::test {

class victim_process {
 public:
  explicit victim_process(uid_t user);
  ~victim_process();
  victim_process(const victim_process&) = delete;
  victim_process& operator=(const victim_process&) = delete;

  std::string pid() const { return std::to_string(pid_); }
  /// PID:ADDRESS of the secret, as the attempt `read_memory` takes it.
  std::string secret_place() const;

 private:
  pid_t pid_ = -1;
};

}  // namespace planguild::test
