// Which processes belong to a session, and killing them. See the header.
#include "app/host/system/sessions.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include "app/host/system/descriptor.hpp"

namespace planguild {
namespace {

/// Field order of /proc/PID/stat after the command's name, which may itself contain spaces and parentheses:
/// state ppid pgrp session tty_nr tpgid flags minflt cminflt majflt cmajflt utime stime cutime cstime priority nice
/// num_threads
std::optional<session_member> parse_stat(pid_t pid, const char* text) {
  const char* after_name = std::strrchr(text, ')');
  if (after_name == nullptr) return std::nullopt;
  char state = 0;
  int group = 0;
  int session = 0;
  long threads = 0;
  const int fields = std::sscanf(  // NOLINT(cert-err34-c): the kernel writes these numbers
      after_name + 1, " %c %*d %d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %ld", &state, &group, &session,
      &threads);
  if (fields != 4) return std::nullopt;
  // A process whose first thread has ended while others run looks like a zombie, but lives.
  if ((state == 'Z' && threads <= 1) || state == 'X') return std::nullopt;
  return session_member{pid, group, session};
}

std::optional<session_member> read_member(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  char text[1'024];
  const ssize_t size = ::read(file.get(), text, sizeof text - 1);
  if (size <= 0) return std::nullopt;
  text[size] = '\0';
  return parse_stat(pid, text);
}

}  // namespace

std::vector<session_member> session_members(const std::vector<pid_t>& sessions) {
  std::vector<session_member> members;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir("/proc"), &::closedir);
  if (!directory) return members;
  while (const dirent* entry = ::readdir(directory.get())) {  // NOLINT(concurrency-mt-unsafe): own stream
    const char* name = entry->d_name;
    const char* end = name + std::strlen(name);
    pid_t pid = 0;
    if (const auto parsed = std::from_chars(name, end, pid); parsed.ec != std::errc{} || parsed.ptr != end) continue;
    const std::optional<session_member> member = read_member(pid);
    if (member && std::find(sessions.begin(), sessions.end(), member->session) != sessions.end()) {
      members.push_back(*member);
    }
  }
  return members;
}

void kill_member(const session_member& member) {
  const descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, member.pid, 0U)));
  if (!process) return;
  // The pidfd names whatever has that id now; only if that still is the member is anything sent.
  const std::optional<session_member> now = read_member(member.pid);
  if (!now || now->session != member.session) return;
  // A group lies within one session, and a signal to a group cannot be outrun by forking.
  if (now->group > 1) ::kill(-now->group, SIGKILL);
  ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0U);
}

pid_t only_child(pid_t parent) {
  const std::string own = "/proc/" + std::to_string(parent);
  const std::string path = own + "/task/" + std::to_string(parent) + "/children";
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char text[64];
  const ssize_t size = file ? ::read(file.get(), text, sizeof text) : -1;
  if (size <= 0) return 0;
  // "123 ", each with a space behind it
  pid_t child = 0;
  const auto parsed = std::from_chars(text, text + size, child);
  const bool alone = parsed.ec == std::errc{} && parsed.ptr + 1 == text + size && *parsed.ptr == ' ';
  return alone ? child : 0;
}

descriptor open_process(pid_t pid) {
  descriptor process(pid > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)) : -1);
  if (!process || !process.move_above_standard()) return {};
  return process;
}

}  // namespace planguild
