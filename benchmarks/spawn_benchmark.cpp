// Question: what does starting a planner process cost over a plain posix_spawn?
// Starts structural_planner and shakes hands, in turn (a) by posix_spawn with one end of a socketpair as standard input
// and output, (b) the same by way of planguild-worker, and (c) through the process runner, which does that and more: a
// session of its own, a pidfd, a bounded standard error. Then sends each a second request. Medians and their ratios.
// Main thread; the runner has its own and hands lines over behind a lock.
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "app/host/system/processes.hpp"
#include "app/host/system/system.hpp"
#include "benchmarks/measure.hpp"

namespace planguild::bench {
namespace {

const std::string handshake = R"({"jsonrpc":"2.0","id":"1","method":"initialize","params":{"protocol":1}})";
const std::string goodbye = R"({"jsonrpc":"2.0","id":"2","method":"shutdown","params":{}})";
constexpr std::chrono::seconds patience{10};

/// What one start and one more request took; not `worked` if anything went wrong.
struct taken {
  double start_s = 0;
  double request_s = 0;
  bool worked = false;
};

bool is_answer(const std::string& line) {
  return line.find("\"result\"") != std::string::npos;
}

/// A child on a socketpair, and nothing else.
class plain_child {
 public:
  explicit plain_child(const std::vector<std::string>& command) {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return;
    socket_ = pair[0];
    const timeval limit{patience.count(), 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    std::string path = "PATH=/usr/bin:/bin";
    std::vector<char*> variables{path.data(), nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, pair[1], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, pair[1], STDOUT_FILENO);
    if (::posix_spawn(&child_, arguments[0], &actions, nullptr, arguments.data(), variables.data()) != 0) child_ = 0;
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(pair[1]);
  }
  ~plain_child() {
    if (socket_ >= 0) ::close(socket_);
    if (child_ == 0) return;
    if (!said_goodbye_) ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  plain_child(const plain_child&) = delete;
  plain_child& operator=(const plain_child&) = delete;

  /// Sends one line and waits for one.
  bool ask(const std::string& request) {
    const std::string line = request + '\n';
    if (child_ == 0 || ::send(socket_, line.data(), line.size(), MSG_NOSIGNAL) < 0) return false;
    while (true) {
      const auto end = received_.find('\n');
      if (end != std::string::npos) {
        const auto answer = received_.substr(0, end);
        received_.erase(0, end + 1);
        return is_answer(answer);
      }
      char buffer[4'096];
      const auto got = ::read(socket_, buffer, sizeof buffer);
      if (got <= 0) return false;
      received_.append(buffer, static_cast<std::size_t>(got));
    }
  }
  bool end() { return said_goodbye_ = ask(goodbye); }

 private:
  int socket_ = -1;
  pid_t child_ = 0;
  bool said_goodbye_ = false;
  std::string received_;
};

/// Events of one process, from the runner's thread to the main one.
class event_queue {
 public:
  void put(process_event event) {
    const std::lock_guard lock{mutex_};
    events_.push_back(std::move(event));
    arrived_.notify_one();
  }
  /// Waits for one of `kind`, over others; false if the process ends first or nothing comes in time.
  bool wait_for(process_event_kind kind, std::string* text = nullptr) {
    std::unique_lock lock{mutex_};
    while (arrived_.wait_for(lock, patience, [this] { return !events_.empty(); })) {
      const auto event = std::move(events_.front());
      events_.pop_front();
      if (event.kind == kind) {
        if (text != nullptr) *text = event.text;
        return true;
      }
      if (event.kind == process_event_kind::exited) return false;
    }
    return false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<process_event> events_;
};

process_command command_of(const std::string& folder, const std::string& program) {
  process_command command;
  command.planner = "structural_planner";
  command.argv = {program};
  command.directory = folder;
  command.environment = {"PATH=/usr/bin:/bin"};
  command.policy.mode = sandbox_mode::off;
  return command;
}

/// The same through the process runner.
class runner_child {
 public:
  runner_child(process_runner& runner, const std::string& folder, const std::string& program)
      : runner_(runner), id_(runner.start(command_of(folder, program), [events = events_](process_event event) {
          events->put(std::move(event));
        })) {}
  ~runner_child() { runner_.kill(id_); }
  runner_child(const runner_child&) = delete;
  runner_child& operator=(const runner_child&) = delete;

  bool ask(const std::string& request) {
    std::string answer;
    runner_.send_line(id_, request);
    return events_->wait_for(process_event_kind::line, &answer) && is_answer(answer);
  }
  bool end() { return ask(goodbye) && events_->wait_for(process_event_kind::exited); }

 private:
  process_runner& runner_;
  std::shared_ptr<event_queue> events_ = std::make_shared<event_queue>();
  std::uint64_t id_;
};

/// Starts a child with `make`, shakes hands, asks once more, and ends it; only the first three are measured.
template <class Make>
taken measure(Make make) {
  taken result;
  decltype(make()) child;
  bool started = false;
  result.start_s = seconds_of([&] {
    child = make();
    started = child->ask(handshake);
  });
  bool answered = false;
  result.request_s = seconds_of([&] { answered = started && child->ask(handshake); });
  result.worked = answered && child->end();
  return result;
}

struct way {
  const char* name;
  std::vector<double> start_s;
  std::vector<double> request_s;

  bool add(const taken& one) {
    start_s.push_back(one.start_s);
    request_s.push_back(one.request_s);
    return one.worked;
  }
};

}  // namespace

void run_spawn(const options& wanted, report& into) {
  const std::string folder = program_folder() + "/planners";
  const std::string program = folder + "/structural_planner";
  const std::string launcher = find_launcher();
  const auto runner = make_process_runner({launcher});
  const std::vector<std::string> by_launcher{launcher, "--parent", std::to_string(::getpid()), "--directory", folder,
                                             "--",     program};
  way plain{"posix_spawn, socketpair", {}, {}};
  way launched{"the same through planguild-worker", {}, {}};
  way isolated{"process runner", {}, {}};
  const int rounds = rounds_of(wanted, 50);
  // The first start makes the runner's thread and brings the programs into memory.
  bool worked = measure([&] { return std::make_unique<runner_child>(*runner, folder, program); }).worked;
  for (int round = 0; round < rounds && worked; ++round) {
    worked = plain.add(measure([&] { return std::make_unique<plain_child>(std::vector<std::string>{program}); })) &&
             launched.add(measure([&] { return std::make_unique<plain_child>(by_launcher); })) &&
             isolated.add(measure([&] { return std::make_unique<runner_child>(*runner, folder, program); }));
  }
  if (!worked) {
    into.breaches.push_back("spawn: " + program + " could not be started, or did not answer, or did not end");
    return;
  }
  table shown;
  shown.title = "Start to handshake of structural_planner, and a second request (" + medians_of(rounds) + ")";
  shown.columns = {"way", "start to handshake", "over posix_spawn", "a second request", "over posix_spawn"};
  for (const auto* each : {&plain, &launched, &isolated}) {
    shown.rows.push_back(
        {each->name, duration_cell(median(each->start_s)), ratio_cell(median(each->start_s) / median(plain.start_s)),
         duration_cell(median(each->request_s)), ratio_cell(median(each->request_s) / median(plain.request_s))});
  }
  into.findings.push_back(
      "Starting a planner process through the runner, handshake included, takes " + shown.rows[2][2].text +
      " the time of a plain posix_spawn; a second request needs no start and takes " +
      ratio_cell(median(isolated.request_s) / median(isolated.start_s)).text + " the time of the first.");
  into.tables.push_back(std::move(shown));
}

}  // namespace planguild::bench
