// The exit codes by which planguild-library-worker says why no planner came to be. A planner may use the same codes;
// the line on standard error tells them apart. Constants only.
#pragma once

namespace planguild::library_exit {

inline constexpr int usage = 64;           // wrong arguments
inline constexpr int dumpable = 111;       // the sandbox is on, and the process could not be made undumpable
inline constexpr int descriptors = 112;    // the protocol could not be moved away from descriptors 0 and 1
inline constexpr int not_loadable = 113;   // no shared object of this machine, or something that it needs is missing
inline constexpr int no_interface = 114;   // it does not export the planner interface, or not all of it
inline constexpr int wrong_version = 115;  // it exports another version of the interface

}  // namespace planguild::library_exit
