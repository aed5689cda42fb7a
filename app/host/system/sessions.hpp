// Which processes belong to a session, and killing them. Reads /proc. Any thread; state-free.
#pragma once

#include <sys/types.h>

#include <vector>

#include "app/host/system/descriptor.hpp"

namespace planguild {

struct session_member {
  pid_t pid = 0;
  pid_t group = 0;
  pid_t session = 0;
};

/// The living processes (zombies are dead) of any of `sessions`, in one walk through /proc: about 10 microseconds for
/// each process of the machine. Empty where /proc cannot be read.
std::vector<session_member> session_members(const std::vector<pid_t>& sessions);

/// Sends SIGKILL to the process group of a member, and to itself, if it still is that member: a process id that was
/// given to another process meanwhile is left alone.
void kill_member(const session_member& member);

/// The one child of a process; 0 if it has none or several, or where that cannot be read.
pid_t only_child(pid_t parent);

/// pidfd of a process; without a number if there is no such process.
descriptor open_process(pid_t pid);

}  // namespace planguild
