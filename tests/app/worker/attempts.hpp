// What the program of the worker's tests can try. Each attempt takes an argument, which may be empty, and returns 0 or
// an errno value; questions leave their answer. One thread.
#pragma once

#include <cerrno>
#include <map>
#include <string>

namespace attempts {

using attempt = int (*)(const std::string& argument, std::string& answer);

/// 0, or the errno value of the call that just failed.
inline int from(long result) {
  return result < 0 ? errno : 0;
}

extern const std::map<std::string, attempt> on_files;
extern const std::map<std::string, attempt> on_network;
extern const std::map<std::string, attempt> on_processes;
extern const std::map<std::string, attempt> questions;

}  // namespace attempts
