// Ties a process of the worker to the one that made it. Any process of the worker.
#pragma once

namespace planguild {

/// From here on the kernel ends this process with the thread that spawned it. The parent may have died before the call,
/// which no signal would tell: then the process ends itself with worker_exit::parent_gone. To be repeated after the
/// user changed, which clears it.
void tie_to_parent(long parent);

/// The same where the parent lies outside the process namespace and has no number in it: the other end of
/// `lifeline`, a socket, is held by the parent alone.
void tie_to_parent_outside(int lifeline);

}  // namespace planguild
