// Giving up privileges: no new ones, another user, no capabilities, no dump, no memory that is both writable and
// executable. Each step looks at what the kernel says afterwards and puts that into the statement. One thread, the
// process that becomes the program (shed_capabilities: any process of the worker).
//
// The user is changed early but the capabilities stay until the end (a root host needs them for mounts and for opening
// granted paths), so that the keepers of a process namespace and the program always have the same user: a process ends
// with its parent only if the parent was allowed to signal it.
#pragma once

#include <sys/types.h>

#include "app/worker/arguments.hpp"
#include "app/worker/statement.hpp"

namespace planguild {

/// This process started with the rights of the superuser, or some of them.
bool started_as_root();

void refuse_new_privileges(layer_statement& layers);

/// Empties the bounding set and the ambient set if the layer is asked for; before the user is changed, after a user
/// namespace is entered. With --read-as-root CAP_DAC_READ_SEARCH becomes inheritable first, which later it could not.
void empty_bounding_set(const worker_arguments& given, const layer_statement& layers);

/// Becomes user and group `given.uid` without other groups and keeps the capabilities for now. Refuses if CAP_KILL is
/// missing: the host, which has no more than this process, could not end a process of another user. True if the user
/// changed.
bool change_user(const worker_arguments& given, layer_statement& layers);

/// The last of the capabilities. `user_changed`: they go even if the layer was not asked for. With --read-as-root and
/// an active Landlock CAP_DAC_READ_SEARCH stays and survives execve.
void give_up_capabilities(const worker_arguments& given, bool user_changed, layer_statement& layers);

/// Drops whatever there is and says nothing; for processes that only wait.
void shed_capabilities();

/// Until the program is executed, and from then on where it says that it does the same: --stays-undumpable, and
/// no_new_privileges, by which planguild-library-worker sees that it is to. Otherwise the layer is stated off.
void refuse_dumps(const worker_arguments& given, layer_statement& layers);
void refuse_writable_code(layer_statement& layers);

}  // namespace planguild
