// What is left of planners' processes, and what this process itself holds: looked up in /proc. Test support; any
// thread.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace planguild::test {

struct process_facts_seen {
  pid_t id = 0;
  pid_t parent = 0;
  char state = '?';       // Z: a zombie
  std::string name;       // as the kernel knows it
  std::string arguments;  // separated by spaces
};

/// Every process of which `wanted` is true, this one never.
std::vector<process_facts_seen> processes_where(const std::function<bool(const process_facts_seen&)>& wanted);

/// Processes that are called `mark`, or have it or `planner` among their arguments: a planner's, its descendants' (a
/// name is inherited), and those of the workers that started it. Zombies, too.
std::vector<process_facts_seen> processes_of(const std::string& mark, const std::string& planner);

/// This process's children, zombies included.
std::vector<process_facts_seen> children();

/// "123 (name) Z, child of 1: arguments", one after another.
std::string text_of(const std::vector<process_facts_seen>& processes);

struct held {
  std::size_t descriptors = 0;  // without the next
  /// Copies of native planners that the runner keeps for their next start, limits::file_copies_kept_max at most.
  std::size_t kept_libraries = 0;
  std::size_t threads = 0;
  std::size_t children = 0;
  std::uint64_t resident_bytes = 0;
};
/// What this process holds now.
held held_now();
/// The same once two looks in a row found as many descriptors, threads and children, so that nothing is on its way.
held held_at_rest();

/// What each descriptor of this process is, for messages.
std::string descriptors_text();

/// Looks again and again until `holds` does, a minute at most; whether it did.
bool eventually(const std::function<bool()>& holds);

}  // namespace planguild::test
