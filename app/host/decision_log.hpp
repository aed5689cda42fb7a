// Records every decision of a runtime into a file, for library users: what the command's `--record` writes. Owned by
// the host, which puts it into `environment::decisions`.
#pragma once

#include <memory>
#include <string>

#include "messages/environment.hpp"

namespace planguild {

/// Appends one line for each decision to the file at `path` (made if it is not there), on a thread of its own, so that
/// the registry never waits for the disk. At most 1,000 decisions wait; what is over is not recorded, and `log` says
/// how many. What waits is written when the last reference goes. A file that cannot be written is said once in `log`.
std::shared_ptr<decision_sink> make_decision_log(std::string path, std::shared_ptr<log_sink> log);

}  // namespace planguild
