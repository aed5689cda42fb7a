// Attempts on processes, rights and memory. See the header.
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

#include "attempts.hpp"

namespace attempts {
namespace {

using text = const std::string&;

int trace(text process, std::string&) {
  const int number = std::stoi(process);
  if (ptrace(PTRACE_SEIZE, number, nullptr, nullptr) != 0) return errno;
  return 0;  // the tracee goes on when this process ends
}

int read_memory(text place, std::string& answer) {
  char bytes[16] = {};
  const std::size_t colon = place.find(':');
  iovec here{bytes, sizeof bytes - 1};
  auto* address = reinterpret_cast<void*>(std::stoull(place.substr(colon + 1)));  // NOLINT(performance-no-int-to-ptr)
  iovec there{address, sizeof bytes - 1};
  if (process_vm_readv(std::stoi(place.substr(0, colon)), &here, 1, &there, 1, 0) < 0) return errno;
  answer = bytes;
  return 0;
}

/// A child that ends at once, or one that leaves the session and stays.
int make_process(bool stays) {
  const pid_t child = fork();
  if (child < 0) return errno;
  if (child == 0 && stays) {
    setsid();
    for (;;) pause();
  }
  if (child == 0) _exit(0);
  if (!stays) waitpid(child, nullptr, 0);
  return 0;
}

/// As many children at a time as the limit lets, none of which stays.
int count_processes(text, std::string& answer) {
  pid_t made[64];
  int count = 0;
  int error = 0;
  for (; count < 64 && error == 0; ++count) {
    made[count] = fork();
    if (made[count] == 0) {
      for (;;) pause();
    }
    if (made[count] < 0) error = errno;
  }
  if (error != 0) --count;
  for (int number = 0; number < count; ++number) {
    kill(made[number], SIGKILL);
    waitpid(made[number], nullptr, 0);
  }
  answer = std::to_string(count);
  return 0;
}

int map_code(int first, int then) {
  void* page = mmap(nullptr, 4'096, first, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return errno;
  const int error = from(mprotect(page, 4'096, then));
  munmap(page, 4'096);
  return error;
}

int take_memory(text mebibytes, std::string&) {
  const std::size_t bytes = std::stoul(mebibytes) << 20;
  void* taken = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (taken == MAP_FAILED) return errno;
  munmap(taken, bytes);
  return 0;
}

int execute(text path, std::string&) {
  char* arguments[] = {const_cast<char*>(path.c_str()), nullptr};
  return from(execve(path.c_str(), arguments, environ));
}

int raise_signal(text number, std::string&) {
  return from(kill(getpid(), std::stoi(number)));
}

int end(text code, std::string&) {
  _exit(std::stoi(code));
}

int stop_here(text, std::string&) {
  std::abort();
}

int burn(text, std::string&) {
  for (;;) asm volatile("");
}

int wait_long(text, std::string&) {
  for (;;) pause();
}

}  // namespace

const std::map<std::string, attempt> on_processes{
    {"signal", [](text process, std::string&) { return from(kill(std::stoi(process), 0)); }},
    {"signal_group", [](text, std::string&) { return from(kill(0, SIGURG)); }},
    {"trace", trace},
    {"read_memory", read_memory},
    {"fork", [](text, std::string&) { return make_process(false); }},
    {"daemon", [](text, std::string&) { return make_process(true); }},
    {"count_processes", count_processes},
    {"execute", execute},
    {"become_root", [](text, std::string&) { return from(setuid(0)); }},
    {"user_namespace", [](text, std::string&) { return from(unshare(CLONE_NEWUSER)); }},
    {"writable_code", [](text, std::string&) { return map_code(PROT_READ | PROT_WRITE | PROT_EXEC, PROT_READ); }},
    {"code_from_data", [](text, std::string&) { return map_code(PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC); }},
    {"memory", take_memory},
    {"raise", raise_signal},
    {"exit", end},
    {"abort", stop_here},
    {"burn", burn},
    {"wait", wait_long},
};

}  // namespace attempts
