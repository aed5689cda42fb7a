// What the zoo attacks: files, sockets, memory and a descriptor of this process, and how to see whether any of them was
// touched. One at a time in a process (it catches a signal). Test support; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "messages/planner.hpp"

namespace planguild::test {

/// One planner of the zoo.
struct zoo_planner {
  std::string attack;          // the name of a file in attacks/, without ".cpp"; empty: a planner without fault
  std::string stage = "plan";  // when it attacks: load, ready (after the handshake), self_test, plan, exit
  entry_kind kind = entry_kind::command;
  double timeout_s = 20;  // of its plans
  std::string called{};   // its name; empty: by its attack and kind
  bool pinned = false;    // its manifest states the SHA-256 of its program
  std::string writes{};   // a path that its manifest requests to write to; empty: none

  /// "zoo_read_shadow_command", if it is not called otherwise.
  std::string name() const;
  /// The name of its processes, different for every planner of every test process; at most 15 characters.
  std::string mark() const;
};

class hostile_world {
 public:
  hostile_world();
  ~hostile_world();
  hostile_world(const hostile_world&) = delete;
  hostile_world& operator=(const hostile_world&) = delete;

  const std::string& scratch() const noexcept { return scratch_; }
  std::string planners() const { return scratch_ + "/planners"; }
  std::string repository() const { return scratch_ + "/repository"; }
  /// Where the process runner keeps its copies: TMPDIR and XDG_RUNTIME_DIR of this process.
  std::string private_folder() const { return scratch_ + "/private"; }

  /// Writes the planner's program, with its arguments in it, and its manifest; returns its folder. For the attack
  /// read_linked_file there is a link "linked" to the host's secret among its files.
  std::string add(const zoo_planner& planner) const;
  /// Where `add` writes its program.
  std::string program_path(const zoo_planner& planner) const;
  /// The bytes of its program, with its arguments in them.
  std::string program_of(const zoo_planner& planner) const;
  void remove(const zoo_planner& planner) const;

  /// Makes what is attacked as it was, and forgets what arrived.
  void restore();
  /// What differs from what `restore` made, and what arrived since: one line for each. Waits for nothing.
  std::vector<std::string> touched(const zoo_planner& planner);
  /// Removes what an attack that was not stopped left in the system.
  void clean_up_after(const zoo_planner& planner) const;

  /// Runs a command planner as a plain child that inherits everything, and has it plan; what it says of its attack.
  std::string said_without_hygiene(const zoo_planner& planner) const;

 private:
  std::string arguments_of(const zoo_planner& planner) const;
  void listen();
  std::map<std::string, std::string> files_now() const;

  std::string scratch_;
  std::string abstract_name_;
  std::map<std::string, std::string> files_;  // path: what is of it
  int tcp_ = -1;
  int udp_ = -1;
  int path_ = -1;
  int abstract_ = -1;
  int free_port_ = 0;
};

/// The folder of the built programs.
std::string zoo_binary(const std::string& name);

}  // namespace planguild::test
