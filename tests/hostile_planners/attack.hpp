// What every attack of the zoo is given and gives back. An attack is one function in a file of its own; the same file
// serves the command planner (command_main.cpp) and the native planner (library_main.cpp). Plain system calls, no
// library of planguild. One thread: the planner's.
#pragma once

#include <cerrno>
#include <cstddef>

namespace hostile {

enum class result : unsigned char {
  behaved,     // nothing was tried
  effect,      // the attack did what it set out to do
  denied,      // a system call was refused
  impossible,  // this machine has no such thing to attack
};

/// What came of an attack; its text travels in the plan's evidence.
struct finding {
  result what = result::behaved;
  char text[256] = "behaved";  // "effect: read 24 bytes", "denied: openat EACCES", "impossible: no such protocol"
};

finding effect(const char* what, long number = 0);
/// By the error number of the call that was refused.
finding denied(const char* call, int error = errno);
finding impossible(const char* why);
/// An effect if `returned` is not negative, else denied.
finding tried(const char* call, long returned);

/// What the harness wrote into this program's file under `name`; empty if it wrote nothing.
const char* argument(const char* name);
long number(const char* name);

/// Reads a file from its beginning: an effect if anything came.
finding read_of(const char* path);
/// Makes a file and writes a line into it.
finding written_to(const char* path);
/// `folder`/`name`, valid until the next call.
const char* path_in(const char* folder, const char* name);

/// The descriptor on which this process and its host speak.
int channel();
/// Writes to it, whatever it takes.
void say(const char* text, std::size_t size);
void say(const char* text);
/// How often the command planner answers the request that it is answering.
extern int answers;

/// Forks; the child has the name by which the harness finds it, runs `work` and exits. The child's id, or -1.
int in_child(void (*work)());
/// Waits for the child; its exit code, or -1.
int exit_code_of(int child);
/// Runs a program and returns its exit code, -1 if it could not be run. Where no child can be made, the planner itself
/// becomes the program, and ends as the program does. What the program prints goes to standard error.
int run_program(const char* program, const char* first, const char* second);
/// Sleeps until it is killed, a minute at most.
[[noreturn]] void linger();
/// Burns the processor until it is killed.
[[noreturn]] void spin();

struct attack {
  const char* name;
  finding (*run)();
};

/// Gives this process the name by which the harness finds it; the main programs call it first.
void begin();
/// Runs this program's attack if the harness said that it is to run at this point ("load", "self_test", "plan",
/// "exit").
finding attack_at(const char* stage);

}  // namespace hostile

/// Begins the function that is the attack of this name.
#define HOSTILE_ATTACK(name)                                                                                \
  static hostile::finding attack_##name();                                                                  \
  [[gnu::used, gnu::section("hostile_attacks")]] static hostile::attack entry_##name{#name, attack_##name}; \
  static hostile::finding attack_##name()
