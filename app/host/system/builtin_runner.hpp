// Builtin planners as if they were processes: a process runner in front of another one. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "messages/builtin.hpp"
#include "messages/environment.hpp"

namespace planguild {

/// Commands of kind `builtin` run here, one thread for each live instance, found by `process_command::planner` among
/// the registrations; they speak planner protocol 1 like a process, with process id 0. The rest goes to the next
/// runner.
/// - A name that is not registered: one `exited` with `start_error`. A factory that throws or makes nothing:
/// `initialize`
///   is answered with an error.
/// - `kill` delivers `exited` (signal 9) before it returns. A thread that is busy then cannot be ended: it is left to
/// finish
///   and counted by `abandoned` until it does.
/// - The destructor kills all, joins what ends within limits::cancel_grace_ms and leaves the rest alone: such a thread
/// owns
///   all it touches of planguild.
class builtin_process_runner : public process_runner {
 public:
  /// Threads that were killed while busy and have not returned since. Any thread.
  virtual std::uint64_t abandoned() const = 0;
};

/// `next` may be none: then commands fail to start.
std::shared_ptr<builtin_process_runner> make_builtin_runner(const std::vector<builtin_registration>& registrations,
                                                            std::shared_ptr<process_runner> next);

}  // namespace planguild
