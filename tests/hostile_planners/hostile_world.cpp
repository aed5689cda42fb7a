// See the header.
#include "tests/hostile_planners/hostile_world.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "actors/discovery/signature.hpp"
#include "tests/hostile_planners/arguments_block.hpp"

namespace planguild::test {
namespace {

namespace files = std::filesystem;

constexpr int secret_descriptor = 77;
char secret_memory[64] = "the host's secret in its memory";
char scribbled_memory[64];
std::atomic<int> signals_seen{0};

void note_signal(int) {
  ++signals_seen;
}

void write_file(const std::string& path, const std::string& text, mode_t mode) {
  files::create_directories(files::path{path}.parent_path());
  std::ofstream{path, std::ios::binary} << text;
  if (::chmod(path.c_str(), mode) != 0) throw std::runtime_error("cannot make " + path);
}

std::string text_of_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

int port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

int bound(int type, const sockaddr* address, socklen_t size, bool listens) {
  const int made = ::socket(address->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0 || ::bind(made, address, size) != 0 || (listens && ::listen(made, 8) != 0)) {
    throw std::runtime_error("cannot listen: " + std::error_code(errno, std::generic_category()).message());
  }
  return made;
}

int bound_here(int type, bool listens) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return bound(type, reinterpret_cast<const sockaddr*>(&address), sizeof address, listens);
}

bool took_connection(int listener) {
  const int taken = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (taken < 0) return false;
  ::close(taken);
  return true;
}

std::string system_file(const char* folder, const zoo_planner& planner) {
  return std::string{folder} + "/" + planner.mark();
}

}  // namespace

std::string zoo_binary(const std::string& name) {
  const char* directory = std::getenv("PLANGUILD_BINARY_DIR");
  if (directory != nullptr) return std::string(directory) + "/" + name;
  return (files::read_symlink("/proc/self/exe").parent_path() / name).string();
}

std::string zoo_planner::name() const {
  if (!called.empty()) return called;
  const auto when = stage == "plan" ? "" : "_" + stage;
  return "zoo_" + (attack.empty() ? "good" : attack) + when + "_" + std::string{to_string(kind)};
}

std::string zoo_planner::mark() const {
  // Five digits and six: enough to tell the planners of all tests apart, within what the kernel keeps.
  const auto of_name = std::hash<std::string>{}(name() + stage) % 1'000'000;
  return "z" + std::to_string(::getpid()) + "_" + std::to_string(of_name);
}

hostile_world::hostile_world() {
  // What it was at first: a guild of the zoo sets it to a folder of its world, which goes with that world.
  static const std::string folder = [] {
    const char* given = std::getenv("TMPDIR");
    return std::string(given == nullptr ? "/tmp" : given);
  }();
  scratch_ = folder + "/zoo.XXXXXX";
  if (::mkdtemp(scratch_.data()) == nullptr || ::chmod(scratch_.c_str(), 0755) != 0) {
    throw std::runtime_error("cannot make " + scratch_);
  }
  files::create_directories(planners());
  files::create_directories(private_folder());
  ::chmod(private_folder().c_str(), 0755);
  ::setenv("ZOO_SECRET", "the host's secret in its environment", 1);  // NOLINT(concurrency-mt-unsafe)
  const int secret = ::memfd_create("zoo-secret", 0);
  if (secret < 0 || ::write(secret, secret_memory, sizeof secret_memory) < 0 ||
      ::dup2(secret, secret_descriptor) != secret_descriptor) {
    throw std::runtime_error("cannot open a secret");
  }
  ::close(secret);
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGURG, &action, nullptr);
  listen();
}

hostile_world::~hostile_world() {
  for (const int each : {tcp_, udp_, path_, abstract_, secret_descriptor}) ::close(each);
  ::unsetenv("ZOO_SECRET");  // NOLINT(concurrency-mt-unsafe)
  std::error_code ignored;
  files::remove_all(scratch_, ignored);
}

void hostile_world::listen() {
  tcp_ = bound_here(SOCK_STREAM, true);
  udp_ = bound_here(SOCK_DGRAM, false);
  const int unused = bound_here(SOCK_STREAM, false);
  free_port_ = port_of(unused);
  ::close(unused);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = scratch_ + "/listener";
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  path_ = bound(SOCK_STREAM, reinterpret_cast<const sockaddr*>(&address), sizeof address, true);
  ::chmod(path.c_str(), 0777);
  abstract_name_ = "zoo-" + std::to_string(::getpid());
  address = {};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path + 1, abstract_name_.c_str(), sizeof address.sun_path - 2);
  abstract_ = bound(SOCK_STREAM, reinterpret_cast<const sockaddr*>(&address),
                    static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + abstract_name_.size()), true);
}

std::string hostile_world::arguments_of(const zoo_planner& planner) const {
  std::string text;
  const auto add = [&text](const std::string& name, const std::string& value) { text += name + "=" + value + "\n"; };
  add("name", planner.name());
  add("attack", planner.attack);
  add("stage", planner.attack.empty() ? "never" : planner.stage);
  add("mark", planner.mark());
  add("scratch", scratch_);
  add("host", std::to_string(::getpid()));
  add("user", std::to_string(::geteuid()));
  add("descriptor", std::to_string(secret_descriptor));
  add("address", std::to_string(reinterpret_cast<std::uintptr_t>(secret_memory)));
  add("scribble", std::to_string(reinterpret_cast<std::uintptr_t>(scribbled_memory)));
  add("tcp_port", std::to_string(port_of(tcp_)));
  add("udp_port", std::to_string(port_of(udp_)));
  add("free_port", std::to_string(free_port_));
  add("abstract_name", abstract_name_);
  return text;
}

std::string hostile_world::program_path(const zoo_planner& planner) const {
  const auto name = planner.name();
  return planners() + "/" + name + "/" + name + (planner.kind == entry_kind::library ? ".so" : "");
}

std::string hostile_world::program_of(const zoo_planner& planner) const {
  auto program =
      text_of_file(zoo_binary(planner.kind == entry_kind::library ? "hostile_library.so" : "hostile_command"));
  const std::string mark = HOSTILE_ARGUMENTS_MARK;
  const auto begin = program.find(mark);
  if (begin == std::string::npos || program.find(mark, begin + 1) != std::string::npos) {
    throw std::runtime_error("the hostile program has not one place for its arguments");
  }
  const auto arguments = arguments_of(planner);
  if (arguments.size() + mark.size() >= hostile::arguments_bytes) throw std::runtime_error("too many arguments");
  program.replace(begin + mark.size(), arguments.size(), arguments);
  return program;
}

std::string hostile_world::add(const zoo_planner& planner) const {
  const auto program = program_of(planner);
  const auto path = program_path(planner);
  write_file(path, program, 0755);
  const auto name = planner.name();
  const auto file = files::path{path}.filename().string();
  const bool links = planner.attack == "read_linked_file";
  const std::string covered = links ? R"(,"files":[")" + file + R"(","linked"]})" : "}";
  const std::string entry = (planner.kind == entry_kind::library
                                 ? R"({"kind":"library","path":")" + file + "\""
                                 : R"({"kind":"command","argv":["./)" + file + "\",\"" + planner.mark() + "\"]") +
                            covered;
  std::string more;
  if (planner.pinned) {
    sha256 hash;
    hash.update(program);
    more += R"("sha256":")" + hash.hex() + "\",";
  }
  if (!planner.writes.empty()) more += R"("permissions":{"write":[")" + planner.writes + "\"]},";
  const auto folder = files::path{path}.parent_path().string();
  if (links && ::symlink((scratch_ + "/home/.ssh/id_ed25519").c_str(), (folder + "/linked").c_str()) != 0 &&
      errno != EEXIST) {
    throw std::runtime_error("cannot make a link in " + folder);
  }
  write_file(folder + "/" + name + ".planner.json",
             R"({"name":")" + name + R"(","version":"1.0.0","capabilities":["refactor"],"production_ready":true,)" +
                 more + R"("self_test":)" + (planner.stage == "ready" ? "false" : "true") + R"(,"timeout_s":)" +
                 std::to_string(planner.timeout_s) + R"(,"entry":)" + entry + "}\n",
             0644);
  return folder;
}

void hostile_world::remove(const zoo_planner& planner) const {
  files::remove_all(planners() + "/" + planner.name());
}

void hostile_world::restore() {
  std::error_code ignored;
  for (const char* name : {"home", "repository", "victim", "hostile"})
    files::remove_all(scratch_ + "/" + name, ignored);
  write_file(scratch_ + "/home/.ssh/id_ed25519", "the host's secret in a file\n", 0600);
  ::chmod((scratch_ + "/home/.ssh").c_str(), 0700);
  write_file(scratch_ + "/victim", "a file of the host's user\n", 0644);
  write_file(repository() + "/README.md", "# A repository\n", 0644);
  std::memset(scribbled_memory, 0, sizeof scribbled_memory);
  files_ = files_now();
  signals_seen = 0;
  for (const int each : {tcp_, path_, abstract_}) {
    while (took_connection(each)) {
    }
  }
  char byte = 0;
  while (::recv(udp_, &byte, 1, 0) >= 0) {
  }
}

std::map<std::string, std::string> hostile_world::files_now() const {
  std::map<std::string, std::string> now;
  for (files::recursive_directory_iterator entry{scratch_}, end; entry != end; ++entry) {
    const auto path = entry->path().string();
    if (path == planners() || path == private_folder()) {
      entry.disable_recursion_pending();
      continue;
    }
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0) continue;
    const auto number = [](auto value) { return std::to_string(value) + " "; };
    now[path] =
        number(facts.st_mode) + number(facts.st_uid) + number(facts.st_nlink) +
        (S_ISREG(facts.st_mode) ? number(facts.st_mtim.tv_sec) + number(facts.st_mtim.tv_nsec) +
                                      number(facts.st_ctim.tv_sec) + number(facts.st_ctim.tv_nsec) + text_of_file(path)
                                : std::string{});
  }
  return now;
}

std::vector<std::string> hostile_world::touched(const zoo_planner& planner) {
  std::vector<std::string> result;
  const auto now = files_now();
  for (const auto& [path, facts] : now) {
    const auto known = files_.find(path);
    if (known == files_.end()) {
      result.push_back(path + " is new");
    } else if (known->second != facts) {
      result.push_back(path + " has changed");
    }
  }
  for (const auto& [path, facts] : files_) {
    if (now.count(path) == 0) result.push_back(path + " is gone");
  }
  for (const char* folder : {"/tmp", "/dev/shm"}) {
    if (files::exists(system_file(folder, planner))) result.push_back(system_file(folder, planner) + " is new");
  }
  if (signals_seen > 0) result.emplace_back("a signal came");
  if (took_connection(tcp_)) result.emplace_back("a TCP connection came");
  if (took_connection(path_)) result.emplace_back("a connection by path came");
  if (took_connection(abstract_)) result.emplace_back("a connection by name came");
  char byte = 0;
  if (::recv(udp_, &byte, 1, 0) >= 0) result.emplace_back("a datagram came");
  if (scribbled_memory[0] != 0) result.emplace_back("the host's memory was written");
  return result;
}

void hostile_world::clean_up_after(const zoo_planner& planner) const {
  for (const char* folder : {"/tmp", "/dev/shm"}) {
    std::error_code ignored;
    files::remove(system_file(folder, planner), ignored);
  }
}

std::string hostile_world::said_without_hygiene(const zoo_planner& planner) const {
  const auto folder = add(planner);
  const auto program = folder + "/" + planner.name();
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return "no socketpair";
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pair[1], STDIN_FILENO);
    ::dup2(pair[1], STDOUT_FILENO);
    if (::chdir(folder.c_str()) == 0) ::execl(program.c_str(), program.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(pair[1]);
  const std::string request = R"({"id":"1","method":"generate_plan"})"
                              "\n";
  std::string answer;
  if (child > 0 && ::send(pair[0], request.data(), request.size(), MSG_NOSIGNAL) > 0) {
    char bytes[4'096];
    for (ssize_t got = 1; got > 0 && answer.find('\n') == std::string::npos;) {
      got = ::read(pair[0], bytes, sizeof bytes);
      if (got > 0) answer.append(bytes, static_cast<std::size_t>(got));
    }
  }
  ::close(pair[0]);
  ::waitpid(child, nullptr, 0);
  remove(planner);
  const std::string before = R"("evidence":[{"text":")";
  const auto begin = answer.find(before);
  if (begin == std::string::npos) return "it did not answer: " + answer;
  return answer.substr(begin + before.size(), answer.find('"', begin + before.size()) - begin - before.size());
}

}  // namespace planguild::test
