// The processes around a planner in a process namespace of its own:
//
//   keeper        the worker that the host started; outside, known to the host by its process id. Waits, and ends as
//   the
//                 planner ended.
//   first process reaps whatever the planner leaves behind; the kernel ends the whole namespace with it. The planner
//                 itself cannot be the first process: signals without a handler, such as that of abort(), do not end
//                 it.
//   planner       goes on with the layers and becomes the program.
//
// The first two hold no descriptor but the socketpair between them, have no capabilities and cannot be traced.
#pragma once

namespace planguild {

/// After unshare(CLONE_NEWPID). Returns in the planner alone, in a session of its own and tied to the first process.
/// Ends with worker_exit::process if a process cannot be made. Returns a descriptor for await_keepers.
int continue_inside();

/// Waits until both keepers gave up their rights and descriptors, so that nothing of the program runs before; they do
/// that while this process puts its layers on. Closes the descriptor.
void await_keepers(int watched);

}  // namespace planguild
