// A child process that does what its first argument says, for the tests of the process runner. One thread, plain system
// calls.
#include <dirent.h>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace {

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = write(descriptor, bytes.data(), bytes.size());
    if (size <= 0) _exit(99);
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

void say(const std::string& line) {
  write_all(STDOUT_FILENO, line + "\n");
}

/// Until the test kills it. The alarm is for a test run that was itself killed.
[[noreturn]] void wait_to_be_killed() {
  alarm(120);
  for (;;) pause();
}

[[noreturn]] void echo_lines() {
  std::string pending;
  char buffer[65'536];
  for (;;) {
    const ssize_t size = read(STDIN_FILENO, buffer, sizeof buffer);
    if (size <= 0) _exit(0);
    pending.append(buffer, static_cast<std::size_t>(size));
    for (std::size_t end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
      say("echo " + pending.substr(0, end));
      pending.erase(0, end + 1);
    }
  }
}

[[noreturn]] void tell_facts() {
  for (char** variable = environ; *variable != nullptr; ++variable) say(std::string("environment ") + *variable);
  char directory[4'096];
  say(std::string("directory ") + (getcwd(directory, sizeof directory) != nullptr ? directory : "?"));
  const mode_t mask = umask(0);
  say("umask " + std::to_string(mask));
  say(std::string("session ") + (getsid(0) == getpid() ? "own" : "shared"));
  sigset_t blocked;
  sigprocmask(SIG_BLOCK, nullptr, &blocked);
  for (int number = 1; number < 32; ++number) {
    struct sigaction action {};
    if (sigismember(&blocked, number) == 1) say("blocked " + std::to_string(number));
    if (sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN)
      say("ignored " + std::to_string(number));
  }
  DIR* descriptors = opendir("/proc/self/fd");
  while (const dirent* entry = readdir(descriptors)) {
    if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != dirfd(descriptors)) {
      say(std::string("descriptor ") + entry->d_name);
    }
  }
  say("blocking " + std::to_string((fcntl(0, F_GETFL) & O_NONBLOCK) == 0 && (fcntl(2, F_GETFL) & O_NONBLOCK) == 0));
  say("end");
  _exit(0);
}

void flood(int descriptor, long bytes) {
  const std::string block = std::string(64 * 1'024 - 1, 'x') + "\n";
  while (bytes > 0) {
    const std::size_t part = std::min(static_cast<std::size_t>(bytes), block.size());
    write_all(descriptor, std::string_view(block).substr(0, part));
    bytes -= static_cast<long>(part);
  }
}

/// A grandchild in the same session, in a process group of its own, that keeps all descriptors and ignores what it can.
void fork_survivor() {
  const pid_t pid = fork();
  if (pid == 0) {
    setpgid(0, 0);
    for (int number = 1; number < 32; ++number) (void)std::signal(number, SIG_IGN);
    (void)std::signal(SIGALRM, SIG_DFL);
    say("survivor " + std::to_string(getpid()));
    wait_to_be_killed();
  }
}

/// A grandchild that leaves the session, as a daemon does.
void fork_daemon() {
  if (fork() == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    say("daemon " + std::to_string(getpid()));
    wait_to_be_killed();
  }
}

/// "read PATH", "write PATH", "list PATH", "fork", "socket", "trace": tries it and answers "ok" or the errno's
/// name.
int attempt(const std::string& what, const std::string& object) {
  errno = 0;
  if (what == "read") {
    const int file = open(object.c_str(), O_RDONLY);
    char byte = 0;
    return file >= 0 && read(file, &byte, 1) >= 0 ? 0 : errno;
  }
  if (what == "write") return open(object.c_str(), O_WRONLY | O_CREAT, 0600) >= 0 ? 0 : errno;
  if (what == "list") return opendir(object.c_str()) != nullptr ? 0 : errno;
  if (what == "fork") {
    const pid_t pid = fork();
    if (pid == 0) _exit(0);
    return pid > 0 ? 0 : errno;
  }
  if (what == "socket") return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno;
  if (what == "trace") return ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0 ? 0 : errno;
  return EINVAL;
}

[[noreturn]] void obey() {
  std::string line;
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) == 1) {
    if (byte != '\n') {
      line.push_back(byte);
      continue;
    }
    const std::size_t space = line.find(' ');
    const int error = attempt(line.substr(0, space), space == std::string::npos ? "" : line.substr(space + 1));
    say(line + ": " + (error == 0 ? "ok" : strerrorname_np(error)));
    line.clear();
  }
  _exit(0);
}

/// Uses 100 ms of processor time and 48 MiB of memory.
void work() {
  std::vector<char> touched(48UL * 1'024 * 1'024, 'x');
  volatile char sum = 0;
  while (clock() < CLOCKS_PER_SEC / 10)
    sum = static_cast<char>(sum + touched[static_cast<std::size_t>(clock()) % touched.size()]);
  say("worked");
}

/// What is in the descriptor that its host handed on.
void tell_library(const char* number, const char* name) {
  char bytes[64];
  const ssize_t size = pread(std::atoi(number), bytes, sizeof bytes, 0);
  say(std::string(name) + " library " + std::string(bytes, size < 0 ? 0 : static_cast<std::size_t>(size)));
  const int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  say(std::string("sealed ") + ((fcntl(std::atoi(number), F_GET_SEALS) & seals) == seals ? "yes" : "no"));
  wait_to_be_killed();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  const long number = argc > 2 ? std::atol(argv[2]) : 0;
  if (mode == "echo") echo_lines();
  if (mode == "exit") return static_cast<int>(number);
  if (mode == "facts") tell_facts();
  if (mode == "obey") obey();
  if (mode == "--library" && argc == 5) tell_library(argv[2], argv[4]);
  if (mode == "noise") {
    write_all(1, std::string_view("\x00\xff\x01 noise\r\n\n{{{\n", 16));
  } else if (mode == "half") {
    write_all(1, "one\nhal");
  } else if (mode == "long") {
    write_all(1, "before\n" + std::string(static_cast<std::size_t>(number), 'y') + "\nafter\n");
    wait_to_be_killed();
  } else if (mode == "flood_errors") {
    flood(STDERR_FILENO, number);
    write_all(STDERR_FILENO, "last words\n");
    say("flooded");
    wait_to_be_killed();
  } else if (mode == "flood_lines") {
    say("begin");
    for (;;) write_all(1, "{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n");
  } else if (mode == "many_lines_then_exit") {
    for (long index = 0; index < number; ++index) say("line " + std::to_string(index));
  } else if (mode == "deaf") {
    say("ready");
    wait_to_be_killed();
  } else if (mode == "close_output") {
    say("closing");
    close(0);
    close(1);
    wait_to_be_killed();
  } else if (mode == "abort") {
    write_all(STDERR_FILENO, "about to abort\n");
    std::abort();
  } else if (mode == "survivor_then_exit") {
    fork_survivor();
    char byte = 0;
    (void)!read(STDIN_FILENO, &byte, 1);  // until the test says so
    return 4;
  } else if (mode == "survivor_and_wait") {
    fork_survivor();
    wait_to_be_killed();
  } else if (mode == "daemon_and_wait") {
    fork_daemon();
    wait_to_be_killed();
  } else if (mode == "work") {
    work();
    if (number == 0) wait_to_be_killed();
  } else if (mode == "hog") {
    std::vector<std::vector<char>> held;
    for (long step = 0; step < 64; ++step) held.emplace_back(64UL * 1'024 * 1'024);
  } else if (mode == "whoami") {
    say("uid " + std::to_string(getuid()) + " gid " + std::to_string(getgid()));
  } else if (mode == "daemon_then_exit") {
    fork_daemon();
    char byte = 0;
    (void)!read(STDIN_FILENO, &byte, 1);
    return 5;
  }
  return 0;
}
