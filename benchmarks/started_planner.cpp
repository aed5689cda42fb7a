// See the header.
#include "benchmarks/started_planner.hpp"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <utility>

#include "app/worker/layers.hpp"

namespace planguild::bench {
namespace {

const std::string goodbye = R"({"jsonrpc":"2.0","id":"2","method":"shutdown","params":{}})";
constexpr std::chrono::seconds patience{10};

bool is_answer(const std::string& line) {
  return line.find("\"result\"") != std::string::npos;
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

class plain_child final : public started_planner {
 public:
  explicit plain_child(const plain_start& wanted) {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return;
    socket_ = pair[0];
    const timeval limit{patience.count(), 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const std::vector<std::string> variables{"PATH=/usr/bin:/bin"};
    const auto arguments = pointers_to(wanted.argv);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, pair[1], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, pair[1], STDOUT_FILENO);
    if (wanted.library >= 0) ::posix_spawn_file_actions_adddup2(&actions, wanted.library, library_number);
    if (::posix_spawn(&child_, arguments[0], &actions, nullptr, arguments.data(), pointers_to(variables).data()) != 0) {
      child_ = 0;
    }
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(pair[1]);
    if (!wanted.by_worker) return;
    std::string statement;
    if (!next_line(statement) || !send(std::string{worker_layers::go_line})) give_up();
  }
  ~plain_child() override {
    if (!said_goodbye_) give_up();
    if (socket_ >= 0) ::close(socket_);
    if (child_ != 0) ::waitpid(child_, nullptr, 0);
  }
  plain_child(const plain_child&) = delete;
  plain_child& operator=(const plain_child&) = delete;

  bool ask(const std::string& request) override {
    std::string answer;
    return child_ != 0 && send(request + '\n') && next_line(answer) && is_answer(answer);
  }
  bool end() override { return said_goodbye_ = ask(goodbye); }

 private:
  bool send(const std::string& text) {
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  bool next_line(std::string& line) {
    while (true) {
      const auto end = received_.find('\n');
      if (end != std::string::npos) {
        line = received_.substr(0, end);
        received_.erase(0, end + 1);
        return true;
      }
      char buffer[4'096];
      const auto got = ::read(socket_, buffer, sizeof buffer);
      if (got <= 0) return false;
      received_.append(buffer, static_cast<std::size_t>(got));
    }
  }
  void give_up() const {
    if (child_ != 0) ::kill(child_, SIGKILL);
  }

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
  /// The next event; false if none comes in time.
  bool next(process_event& event) {
    std::unique_lock lock{mutex_};
    if (!arrived_.wait_for(lock, patience, [this] { return !events_.empty(); })) return false;
    event = std::move(events_.front());
    events_.pop_front();
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<process_event> events_;
};

class runner_child final : public started_planner {
 public:
  runner_child(process_runner& runner, const process_command& command, sandbox_posture& posture)
      : runner_(runner),
        posture_(posture),
        id_(runner.start(command, [events = events_](process_event event) { events->put(std::move(event)); })) {}
  ~runner_child() override { runner_.kill(id_); }
  runner_child(const runner_child&) = delete;
  runner_child& operator=(const runner_child&) = delete;

  bool ask(const std::string& request) override {
    runner_.send_line(id_, request);
    std::string answer;
    return wait_for(process_event_kind::line, answer) && is_answer(answer);
  }
  bool end() override {
    std::string none;
    return ask(goodbye) && wait_for(process_event_kind::exited, none);
  }

 private:
  /// Waits for one of `kind`, over others; false if the process ends first or nothing comes in time.
  bool wait_for(process_event_kind kind, std::string& text) {
    process_event event;
    while (events_->next(event)) {
      if (event.kind == process_event_kind::secured) posture_ = event.posture;
      if (event.kind == kind) {
        text = std::move(event.text);
        return true;
      }
      if (event.kind == process_event_kind::exited) return false;
    }
    return false;
  }

  process_runner& runner_;
  sandbox_posture& posture_;
  std::shared_ptr<event_queue> events_ = std::make_shared<event_queue>();
  std::uint64_t id_;
};

}  // namespace

std::unique_ptr<started_planner> start_plainly(const plain_start& wanted) {
  return std::make_unique<plain_child>(wanted);
}

std::unique_ptr<started_planner> start_in_runner(process_runner& runner, const process_command& command,
                                                 sandbox_posture& posture) {
  return std::make_unique<runner_child>(runner, command, posture);
}

}  // namespace planguild::bench
