// One planner process as the benchmark of starts needs it: started plainly by posix_spawn, or by the process runner;
// asked in lines of planner protocol 1. Main thread; the runner has its own and hands events over behind a lock.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "messages/environment.hpp"

namespace planguild::bench {

class started_planner {
 public:
  virtual ~started_planner() = default;
  /// Sends one request and waits for its answer, ten seconds at most; false if none came, or an error.
  virtual bool ask(const std::string& request) = 0;
  /// Asks it to end, and waits for that.
  virtual bool end() = 0;
};

/// A child on a socketpair with an environment of one variable, and nothing else.
struct plain_start {
  std::vector<std::string> argv;
  bool by_worker = false;  // argv[0] is planguild-worker: it states its layers and is answered with go
  int library = -1;        // a descriptor that it gets as `library_number`; -1: none
};
inline constexpr int library_number = 4;
std::unique_ptr<started_planner> start_plainly(const plain_start& wanted);

/// By `runner`, which outlives it. Where the sandbox was satisfied, `posture` is what it consists of.
std::unique_ptr<started_planner> start_in_runner(process_runner& runner, const process_command& command,
                                                 sandbox_posture& posture);

}  // namespace planguild::bench
