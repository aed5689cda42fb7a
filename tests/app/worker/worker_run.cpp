// Running planguild-worker. See the header.
#include "worker_run.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "app/worker/layers.hpp"
#include "grounds.hpp"

namespace planguild::test {
namespace {

using std::chrono::steady_clock;
constexpr int deadline_ms = 20'000;
constexpr int filter_descriptor = 20;

bool readable(int descriptor) {
  pollfd watched{descriptor, POLLIN, 0};
  return ::poll(&watched, 1, deadline_ms) > 0;
}

std::vector<char*> texts(std::vector<std::string>& from) {
  std::vector<char*> result;
  result.reserve(from.size() + 1);
  for (std::string& text : from) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

int memory_file(const std::vector<sock_filter>& program) {
  const int file = ::memfd_create("filter", MFD_CLOEXEC);
  const auto size = static_cast<ssize_t>(program.size() * sizeof(sock_filter));
  if (::write(file, program.data(), static_cast<std::size_t>(size)) != size) return -1;
  return file;
}

/// In the child: everything between fork and the worker. Ends with 99 if it cannot be done.
[[noreturn]] void become_worker(const worker_request& request, int socket, int errors, int filter,
                                std::vector<char*> arguments, std::vector<char*> environment) {
  const auto must = [](bool done) {
    if (!done) _exit(99);
  };
  must(::setsid() > 0);
  must(::dup2(socket, 0) == 0 && ::dup2(socket, 1) == 1 && ::dup2(errors, 2) == 2);
  if (filter >= 0) must(::dup2(filter, filter_descriptor) == filter_descriptor);
  for (const int kept : request.inherited) must(::fcntl(kept, F_SETFD, 0) == 0);
  if (request.user != ::geteuid()) {
    must(::setgroups(0, nullptr) == 0 && ::setresgid(request.user, request.user, request.user) == 0);
    must(::setresuid(request.user, request.user, request.user) == 0);
    must(::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0);
  }
  if (!request.denied.empty()) {
    std::vector<sock_filter> program = filter_that_denies(request.denied);
    const sock_fprog finished{static_cast<unsigned short>(program.size()), program.data()};
    if (::geteuid() != 0) must(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    must(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &finished, 0, 0) == 0);
  }
  ::execve(arguments[0], arguments.data(), environment.data());
  _exit(98);
}

}  // namespace

std::vector<sock_filter> filter_that_denies(const std::vector<denied_call>& denied) {
  std::vector<sock_filter> program;
  const auto error = [](int number) { return SECCOMP_RET_ERRNO | (static_cast<unsigned>(number) & SECCOMP_RET_DATA); };
  for (const denied_call& call : denied) {
    const auto number = static_cast<unsigned>(call.number);
    const auto argument_place = static_cast<unsigned>(offsetof(seccomp_data, args) + 8 * call.argument);
    program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
    if (call.flags == 0 && call.exactly == 0) {
      program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
    } else {
      program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 3));
      program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, argument_place));
      program.push_back(call.flags != 0 ? sock_filter(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, call.flags, 0, 1))
                                        : sock_filter(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call.exactly, 0, 1)));
    }
    program.push_back(BPF_STMT(BPF_RET | BPF_K, error(call.error)));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return program;
}

worker_run::worker_run(const worker_request& request) {
  std::vector<std::string> arguments{grounds::get().worker(), "--parent",
                                     request.parent.empty() ? std::to_string(::getpid()) : request.parent,
                                     "--directory", request.directory};
  if (!request.layers.empty()) arguments.insert(arguments.end(), {"--layers", request.layers});
  int filter = -1;
  if (!request.filter.empty()) {
    filter = memory_file(request.filter);
    REQUIRE(filter >= 0);
    arguments.insert(arguments.end(), {"--filter", std::to_string(filter_descriptor)});
  }
  arguments.insert(arguments.end(), request.options.begin(), request.options.end());
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), request.program.begin(), request.program.end());
  std::vector<std::string> environment = request.environment;
  int pair[2];
  int errors[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  REQUIRE(::pipe2(errors, O_CLOEXEC) == 0);
  pid_ = ::fork();
  if (pid_ == 0) become_worker(request, pair[1], errors[1], filter, texts(arguments), texts(environment));
  socket_ = pair[0];
  errors_ = errors[0];
  ::close(pair[1]);
  ::close(errors[1]);
  if (filter >= 0) ::close(filter);
  REQUIRE(pid_ > 0);
}

worker_run::~worker_run() {
  if (!ended_ && pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(socket_);
  ::close(errors_);
}

const std::map<std::string, layer_fact>& worker_run::statement() {
  if (!statement_.empty()) return statement_;
  line_ = read_line();
  if (line_.empty()) FAIL("no statement; it ended with status " << wait() << ": " << errors());
  CHECK(line_.size() < worker_layers::statement_bytes_max);
  const auto parsed = nlohmann::json::parse(line_);
  REQUIRE(parsed.at("planguild_worker") == 1);
  REQUIRE(parsed.at("layers").size() == worker_layers::all.size());
  for (std::size_t number = 0; number < worker_layers::all.size(); ++number) {
    const auto& entry = parsed.at("layers").at(number);
    REQUIRE(entry.at(0) == worker_layers::all[number]);
    statement_[entry.at(0)] = {entry.at(1), entry.at(2)};
  }
  return statement_;
}

const layer_fact& worker_run::layer(const std::string& name) {
  return statement().at(name);
}

void worker_run::send(const std::string& text) {
  REQUIRE(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
}

void worker_run::close_input() {
  ::shutdown(socket_, SHUT_WR);
}

std::string worker_run::read_line() {
  for (;;) {
    if (const std::size_t end = rest_.find('\n'); end != std::string::npos) {
      std::string line = rest_.substr(0, end);
      rest_.erase(0, end + 1);
      return line;
    }
    char buffer[4'096];
    if (!readable(socket_)) FAIL("nothing was said within 20 s");
    const ssize_t size = ::read(socket_, buffer, sizeof buffer);
    if (size <= 0) return std::exchange(rest_, {});
    rest_.append(buffer, static_cast<std::size_t>(size));
  }
}

int worker_run::wait() {
  if (ended_) return status_;
  const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0U));
  REQUIRE(descriptor >= 0);
  const bool over = readable(descriptor);
  ::close(descriptor);
  if (!over) FAIL("it did not end within 20 s");
  REQUIRE(::waitpid(pid_, &status_, 0) == pid_);
  ended_ = true;
  return status_;
}

std::string worker_run::errors() {
  std::string text;
  char buffer[1'024];
  while (readable(errors_)) {
    const ssize_t size = ::read(errors_, buffer, sizeof buffer);
    if (size <= 0) break;
    text.append(buffer, static_cast<std::size_t>(size));
  }
  return text;
}

pid_t worker_run::program_pid() const {
  const auto only_child = [](pid_t process) {
    const std::vector<pid_t> children = children_of(process);
    return children.empty() ? process : children.front();
  };
  return only_child(only_child(pid_));
}

std::map<std::string, std::string> outcomes(const worker_request& request, const std::vector<std::string>& attempts,
                                            std::map<std::string, layer_fact>* statement) {
  worker_request with_program = request;
  with_program.program = {grounds::get().program()};
  with_program.program.insert(with_program.program.end(), attempts.begin(), attempts.end());
  worker_run run(with_program);
  if (statement != nullptr) *statement = run.statement();
  (void)run.statement();
  run.send("go\n");
  std::map<std::string, std::string> result;
  std::size_t told = 0;
  for (std::string line = run.read_line(); !line.empty(); line = run.read_line()) {
    const std::size_t space = line.find(' ');
    const std::string attempt = line.substr(0, space);
    result[attempt] = line.substr(space + 1);
    result.emplace(attempt.substr(0, attempt.find('=')), line.substr(space + 1));
    ++told;
  }
  const int status = run.wait();
  INFO("status " << status << ": " << run.errors());
  CHECK(status == 0);
  CHECK(told == attempts.size());
  return result;
}

std::string status_field(pid_t process, const std::string& field) {
  std::ifstream file("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(field + ":\t", 0) == 0) return line.substr(field.size() + 2);
  }
  return {};
}

std::vector<pid_t> children_of(pid_t process) {
  const std::string number = std::to_string(process);
  std::ifstream file("/proc/" + number + "/task/" + number + "/children");
  std::vector<pid_t> children;
  for (pid_t child = 0; file >> child;) children.push_back(child);
  return children;
}

bool ends(pid_t process) {
  const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, process, 0U));
  if (descriptor < 0) return true;
  const bool over = readable(descriptor);
  ::close(descriptor);
  return over;
}

}  // namespace planguild::test
