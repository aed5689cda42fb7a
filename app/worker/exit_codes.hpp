// The exit codes by which planguild-worker says which step failed before the planner's own program ran. A planner may
// use the same codes; the line on standard error tells them apart. Constants only.
#pragma once

namespace planguild::worker_exit {

inline constexpr int usage = 64;               // wrong arguments
inline constexpr int arguments = 116;          // an option's path, number or descriptor cannot be used
inline constexpr int statement = 117;          // the statement could not be written
inline constexpr int refused = 118;            // the host did not answer the statement with go
inline constexpr int process = 119;            // the first process of the namespace could not be made
inline constexpr int death_signal = 120;       // PR_SET_PDEATHSIG
inline constexpr int parent_gone = 121;        // the host was gone before the death signal was set
inline constexpr int session = 122;            // setsid
inline constexpr int signals = 123;            // signal mask or dispositions
inline constexpr int descriptors = 124;        // closing descriptors from 3 on
inline constexpr int working_directory = 125;  // chdir
inline constexpr int not_executable = 126;     // execve failed, but not because of a missing file; as shells do it
inline constexpr int missing = 127;  // execve failed: no such file, or its interpreter is missing; as shells do it

}  // namespace planguild::worker_exit
