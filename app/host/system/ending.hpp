// What a process's end says about its cause, as far as it can be known from outside. Pure functions, any thread.
#pragma once

#include <string>

#include "messages/environment.hpp"

namespace planguild {

/// Why a worker that ended by itself before its statement did so: its last line on standard error, or its status.
std::string why_worker_ended(const process_event& exited);

/// The system call for which the filter ended the process, where its worker said so (libraries); empty otherwise. The
/// line comes from the planner's process, so it is a hint, not proof, and what is no name of a system call is dropped;
/// that the signal was SIGSYS is the kernel's word.
std::string filtered_call(const process_event& exited, entry_kind kind);

/// The resource limit that ended the process: "CPU time" and "file size" by the kernel's signal; "memory", where
/// `limited`, if it failed with the words of an allocation that was refused, or was killed near the limit by the
/// kernel. Empty: none that can be known. "standard error" is the host's own limit, and not found out here.
std::string exceeded_limit(const process_event& exited, bool limited);

}  // namespace planguild
