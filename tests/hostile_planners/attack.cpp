// What the attacks share: the arguments in the program's file, findings, files, the channel, children. One thread.
#include "tests/hostile_planners/attack.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/hostile_planners/arguments_block.hpp"

extern "C" {
extern hostile::attack __start_hostile_attacks[] __attribute__((visibility("hidden")));  // NOLINT(bugprone-reserved-*)
extern hostile::attack __stop_hostile_attacks[] __attribute__((visibility("hidden")));   // NOLINT(bugprone-reserved-*)
}

namespace hostile {
namespace {

// The harness writes `name=value` lines after the mark, in the file; volatile, so that the compiler believes nothing.
volatile char arguments_block[arguments_bytes] = HOSTILE_ARGUMENTS_MARK;

const char* arguments_text() {
  static char copy[arguments_bytes];
  if (copy[0] == '\0') {
    for (std::size_t index = 0; index < arguments_bytes; ++index) copy[index] = arguments_block[index];
  }
  return copy + sizeof HOSTILE_ARGUMENTS_MARK - 1;
}

bool is_socket(int descriptor) {
  struct stat facts {};
  return fstat(descriptor, &facts) == 0 && S_ISSOCK(facts.st_mode);
}

}  // namespace

int answers = 1;

finding effect(const char* what, long count) {
  finding found{result::effect, {}};
  (void)snprintf(found.text, sizeof found.text, "effect: %s %ld", what, count);
  return found;
}

finding denied(const char* call, int error) {
  finding found{result::denied, {}};
  (void)snprintf(found.text, sizeof found.text, "denied: %s %s", call, strerrorname_np(error));
  return found;
}

finding impossible(const char* why) {
  finding found{result::impossible, {}};
  (void)snprintf(found.text, sizeof found.text, "impossible: %s", why);
  return found;
}

finding tried(const char* call, long returned) {
  return returned < 0 ? denied(call) : effect(call, returned);
}

const char* argument(const char* name) {
  static char value[arguments_bytes];
  const std::size_t length = strlen(name);
  for (const char* line = arguments_text(); *line != '\0';) {
    const char* end = strchrnul(line, '\n');
    if (strncmp(line, name, length) == 0 && line[length] == '=') {
      const auto size = static_cast<std::size_t>(end - line) - length - 1;
      memcpy(value, line + length + 1, size);
      value[size] = '\0';
      return value;
    }
    line = *end == '\0' ? end : end + 1;
  }
  return "";
}

long number(const char* name) {
  return strtol(argument(name), nullptr, 10);
}

finding read_of(const char* path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return denied("open");
  char bytes[256];
  const auto got = read(file, bytes, sizeof bytes);
  const finding found = got > 0 ? effect("read bytes", got) : denied("read");
  close(file);
  return found;
}

finding written_to(const char* path) {
  const int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return denied("open");
  const auto put = write(file, "hostile\n", 8);
  close(file);
  return effect("wrote bytes", put);
}

const char* path_in(const char* folder, const char* name) {
  static char path[arguments_bytes];
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

int channel() {
  for (int descriptor = 1; descriptor < 1024; ++descriptor) {
    if (is_socket(descriptor)) return descriptor;
  }
  return 1;
}

void say(const char* text, std::size_t size) {
  const int to = channel();
  while (size > 0) {
    const auto put = write(to, text, size);
    if (put <= 0) return;
    text += put;
    size -= static_cast<std::size_t>(put);
  }
}

void say(const char* text) {
  say(text, strlen(text));
}

int in_child(void (*work)()) {
  const pid_t child = fork();
  if (child != 0) return child;
  (void)prctl(PR_SET_NAME, argument("mark"));
  alarm(60);
  work();
  _exit(0);
}

int exit_code_of(int child) {
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int run_program(const char* program, const char* first, const char* second) {
  static const char* arguments[4];
  arguments[0] = program;
  arguments[1] = first;
  arguments[2] = second;
  const pid_t child = vfork();
  if (child <= 0) {
    (void)dup2(STDERR_FILENO, STDOUT_FILENO);  // what it prints is no line of the protocol
    execv(program, const_cast<char**>(arguments));
    const int error = errno;
    if (child == 0) _exit(100);
    errno = error;
    return -1;
  }
  return exit_code_of(child);
}

void linger() {
  for (int second = 0; second < 60; ++second) sleep(1);
  _exit(0);
}

void spin() {
  while (true) asm volatile("");
}

void begin() {
  (void)prctl(PR_SET_NAME, argument("mark"));
}

finding attack_at(const char* stage) {
  if (strcmp(argument("stage"), stage) != 0) return {};
  const char* wanted = argument("attack");
  for (const auto* each = __start_hostile_attacks; each != __stop_hostile_attacks; ++each) {
    if (strcmp(each->name, wanted) != 0) continue;
    // No attack outlives the tests, whatever they forget; the first process of a namespace does not hear this.
    alarm(120);
    return each->run();
  }
  return impossible("no such attack");
}

}  // namespace hostile
