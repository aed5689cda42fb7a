// What planguild-library-worker puts around the planner that it is about to load: no program is executed any more, and
// a system call that the sandbox's filter stops is named before the process ends. Called once, while there is one
// thread.
#pragma once

namespace planguild {

/// Where the sandbox is on: no core is written of this process, and its files in /proc are root's. planguild-worker has
/// stated so already, so nothing of the planner may be loaded if this is false.
[[nodiscard]] bool refuse_dumps() noexcept;

/// Names the system call that a filter traps (SIGSYS) in one line on standard error,
/// `planguild-library-worker: the system call filter stopped NAME`, and ends the process by that signal.
/// The handler goes with the first call that is stopped: where the planner took over its memory, so that it lives on,
/// the second one ends the process by the signal all the same.
void name_stopped_calls() noexcept;

/// From here on execve, execveat and any other action for SIGSYS fail with EPERM, in this process and all that come of
/// it: the filter that planguild-worker put on has to allow the first two, so that it could become this program, and
/// the third, so that it could name stopped calls. Call it after name_stopped_calls(). Does nothing where the sandbox
/// is off, and goes on where the kernel has no filters: neither is for this program to decide.
void deny_execution() noexcept;

}  // namespace planguild
