// What planguild-library-worker puts around the planner that it is about to load: no program is executed any more, and
// a system call that the sandbox's filter stops is named before the process ends. Called once, while there is one
// thread.
#pragma once

namespace planguild {

/// From here on execve and execveat fail with EPERM, in this process and all that come of it: the filter that
/// planguild-worker put on has to allow them, so that it could become this program. Does nothing where the sandbox is
/// off, and goes on where the kernel has no filters: neither is for this program to decide.
void deny_execution() noexcept;

/// Names the system call that a filter traps (SIGSYS) in one line on standard error,
/// `planguild-library-worker: the system call filter stopped NAME`, and ends the process by that signal.
void name_stopped_calls() noexcept;

}  // namespace planguild
