// What the system says of a failed call, for the messages that tell of it. Any thread.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace planguild {

/// "No such file or directory" for ENOENT; without an argument, of this thread's last failed call.
inline std::string system_reason(int error = errno) {
  return std::generic_category().message(error);
}

}  // namespace planguild
