// What this machine gives, found out without the worker: the tests compare its statement with it, and say what they
// skip. Test support; one thread.
#pragma once

#include <sys/types.h>

#include <string>

namespace planguild::test {

/// Why the layer cannot be had for this user here, as an errno name; empty if it can. Tried in a child of this process.
std::string why_missing(const std::string& layer, uid_t user);

/// Writes "WARN skipped: …" to standard error and to the test's log.
void say_skipped(const std::string& layer, uid_t user, const std::string& why);

/// True if the layer can be had; says so where it cannot.
bool machine_has(const std::string& layer, uid_t user);

/// The version of Landlock that this kernel has; 0: none.
int landlock_version();

}  // namespace planguild::test
