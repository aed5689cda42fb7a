// Landlock: which files can be reached, which TCP ports connected to, who can be signalled. One thread, the process
// that becomes the program, after the root is in place and while capabilities still open private paths.
#pragma once

#include "app/worker/arguments.hpp"
#include "app/worker/statement.hpp"

namespace planguild {

/// Handles every right that the running kernel knows (up to --landlock-abi-max), grants what `given` says and nothing
/// else, and states the version as "abi N". Granted paths that do not exist are left out; one that cannot be opened for
/// another reason ends the process with worker_exit::arguments.
void put_on_landlock(const worker_arguments& given, layer_statement& layers);

}  // namespace planguild
