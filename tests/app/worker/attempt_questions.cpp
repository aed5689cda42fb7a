// What a process can find out about itself. See the header.
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "attempts.hpp"

namespace attempts {
namespace {

using text = const std::string&;

void append(std::string& answer, text value) {
  if (!answer.empty()) answer += ',';
  answer += value;
}

int capabilities(text, std::string& answer) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct words[2]{};
  if (syscall(SYS_capget, &header, words) != 0) return errno;
  char digits[32];
  (void)std::snprintf(digits, sizeof digits, "%x%08x", words[1].permitted, words[0].permitted);
  answer = digits;
  return 0;
}

int limit(text name, std::string& answer) {
  const std::map<std::string, __rlimit_resource> known{
      {"core", RLIMIT_CORE},       {"cpu", RLIMIT_CPU},       {"data", RLIMIT_DATA},   {"fsize", RLIMIT_FSIZE},
      {"memlock", RLIMIT_MEMLOCK}, {"nofile", RLIMIT_NOFILE}, {"nproc", RLIMIT_NPROC}, {"stack", RLIMIT_STACK}};
  rlimit values{};
  if (getrlimit(known.at(name), &values) != 0) return errno;
  answer = values.rlim_max == RLIM_INFINITY ? "unlimited" : std::to_string(values.rlim_max);
  return 0;
}

int descriptors(text, std::string& answer) {
  for (int number = 0; number < 4'096; ++number) {
    if (fcntl(number, F_GETFD) >= 0) append(answer, std::to_string(number));
  }
  return 0;
}

int environment(text, std::string& answer) {
  for (char** entry = environ; *entry != nullptr; ++entry) append(answer, *entry);
  return 0;
}

int signals(text, std::string& answer) {
  sigset_t blocked;
  sigprocmask(SIG_BLOCK, nullptr, &blocked);
  for (int number = 1; number < 32; ++number) {
    struct sigaction action {};
    if (sigismember(&blocked, number) == 1) append(answer, std::to_string(number) + " blocked");
    if (sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) {
      append(answer, std::to_string(number) + " ignored");
    }
  }
  return 0;
}

int mask(text, std::string& answer) {
  answer = std::to_string(umask(0));
  return 0;
}

int folder(text, std::string& answer) {
  char path[4'096];
  if (getcwd(path, sizeof path) == nullptr) return errno;
  answer = path;
  return 0;
}

int line(text, std::string& answer) {
  for (char byte = 0; read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n';) answer += byte;
  return 0;
}

int user(text, std::string& answer) {
  answer = std::to_string(getuid()) + ':' + std::to_string(getgid());
  return 0;
}

int no_new_privileges(text, std::string& answer) {
  answer = std::to_string(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  return 0;
}

int dumpable(text, std::string& answer) {
  answer = std::to_string(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
  return 0;
}

int death_signal(text, std::string& answer) {
  int number = 0;
  if (prctl(PR_GET_PDEATHSIG, &number, 0, 0, 0) != 0) return errno;
  answer = std::to_string(number);
  return 0;
}

int process_number(text, std::string& answer) {
  answer = std::to_string(getpid());
  return 0;
}

int leads_session(text, std::string& answer) {
  answer = getsid(0) == getpid() && getpgrp() == getpid() ? "yes" : "no";
  return 0;
}

}  // namespace

const std::map<std::string, attempt> questions{
    {"capabilities", capabilities},
    {"limit", limit},
    {"descriptors", descriptors},
    {"environment", environment},
    {"signals", signals},
    {"umask", mask},
    {"working_directory", folder},
    {"line", line},
    {"user", user},
    {"no_new_privileges", no_new_privileges},
    {"dumpable", dumpable},
    {"death_signal", death_signal},
    {"process_number", process_number},
    {"leads_session", leads_session},
};

}  // namespace attempts
