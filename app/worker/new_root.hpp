// A root of its own: an empty file system in memory into which the granted and the system's paths are bound, read-only
// unless granted for writing, and from which nothing else of the host can be named. A link of the system to what is
// bound (/lib to usr/lib) stays a link. One thread, the process that becomes the program, after the mount namespace was
// entered and while the capability for mounts is there.
#pragma once

#include "app/worker/arguments.hpp"
#include "app/worker/statement.hpp"

namespace planguild {

/// Builds the root, changes into it and to given.directory, detaches the host's, and states the layer. If it fails
/// before the change, all stays as it was. `own_processes`: this process is in a process namespace of its own, so that
/// a /proc can be mounted that shows nothing of the host; without, or where the kernel refuses it, there is no /proc,
/// which the detail says.
void change_root(const worker_arguments& given, bool own_processes, layer_statement& layers);

}  // namespace planguild
