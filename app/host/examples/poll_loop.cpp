// A host with an event loop of its own: one poll(2) over its socket, its timer and the runtime. Lines that come in on
// the socket name a planner and an objective; plans go back on it as they are ready, and nothing ever waits for them.
// The other end of the socket is held here too, so that it runs to an end by itself: `example_poll_loop`. One thread.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>

#include "app/host/completion_queue.hpp"
#include "app/host/runtime.hpp"
#include "app/host/system/system.hpp"

namespace {

using namespace std::chrono_literals;
using clock_type = planguild::completion_queue::clock;

/// Plans at once, or never.
class example_planner final : public planguild::builtin_planner {
 public:
  explicit example_planner(bool ponders) : ponders_(ponders) {}
  planguild::outcome<planguild::plan> generate_plan(const planguild::builtin_request& request) override {
    while (ponders_ && !request.cancelled()) {
      std::this_thread::sleep_for(1ms);
    }
    planguild::plan plan;
    plan.objective = request.objective;
    planguild::plan_task task;
    task.id = "first";
    task.title = "Write down what done means";
    plan.tasks.push_back(task);
    return plan;
  }

 private:
  const bool ponders_;
};

planguild::builtin_registration registration(const std::string& name, bool ponders) {
  planguild::builtin_registration builtin;
  builtin.manifest.name = name;
  builtin.manifest.version = "1.0.0";
  builtin.manifest.production_ready = true;
  builtin.make = [ponders] { return std::make_unique<example_planner>(ponders); };
  return builtin;
}

/// Answers lines of planner and objective on a socket until its other end has no more and every one is answered.
class planning_service {
 public:
  planning_service(planguild::runtime& runtime, int socket) : queue_(runtime), socket_(socket) {}

  void run() {
    while (is_reading_ || queue_.in_flight() > 0) {
      pollfd watched[] = {{queue_.fd(), POLLIN, 0}, {is_reading_ ? socket_ : -1, POLLIN, 0}};
      ::poll(watched, 2, milliseconds_to_sleep());
      if (watched[1].revents != 0) {
        read_objectives();
      }
      queue_.drain(64, 10ms);  // runs the callbacks, here and nowhere else; also ends what is late
      if (clock_type::now() >= next_tick_) {
        next_tick_ += 100ms;
        std::printf("tick       %zu plan(s) under way\n", queue_.in_flight());
      }
    }
  }

 private:
  int milliseconds_to_sleep() const {
    const auto until = std::min(next_tick_, queue_.next_deadline().value_or(next_tick_));
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock_type::now());
    return std::max(0, static_cast<int>(left.count()));
  }

  void read_objectives() {
    char bytes[4096];
    const auto size = ::read(socket_, bytes, sizeof bytes);
    is_reading_ = size > 0;
    unread_.append(bytes, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    for (auto end = unread_.find('\n'); end != std::string::npos; end = unread_.find('\n')) {
      plan(unread_.substr(0, end));
      unread_.erase(0, end + 1);
    }
  }

  void plan(const std::string& line) {
    planguild::plan_request request;
    request.planner = line.substr(0, line.find(' '));
    request.request.objective = line.substr(line.find(' ') + 1);
    const auto ticket = queue_.submit(request, 250ms, [this, line](const auto& answer) {
      send(line, answer ? answer->plan.tasks.front().title : std::string{to_string(answer.error->code)});
    });
    if (!ticket) {
      send(line, ticket.error->message);  // too much in flight: said at once, not queued
    }
  }

  void send(const std::string& line, const std::string& answer) const {
    const auto text = line + " -> " + answer + "\n";
    (void)::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    std::printf("answered   %s", text.c_str());
  }

  planguild::completion_queue queue_;
  const int socket_;
  std::string unread_;
  bool is_reading_ = true;
  clock_type::time_point next_tick_ = clock_type::now() + 100ms;
};

}  // namespace

int main() {
  caf::actor_system_config configuration;
  planguild::prepare(configuration);
  caf::actor_system system{configuration};
  planguild::system_options outside;
  outside.builtins = {registration("quick_planner", false), registration("slow_planner", true)};
  planguild::runtime_options options;
  options.outside = planguild::make_system_environment(outside).outside;
  options.builtins = outside.builtins;
  planguild::runtime runtime{system, options};

  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return 1;
  }
  const std::string lines = "quick_planner Split the parser in two\nslow_planner Ponder the registry for ever\n";
  (void)::write(ends[1], lines.data(), lines.size());
  ::shutdown(ends[1], SHUT_WR);
  planning_service(runtime, ends[0]).run();
  ::close(ends[0]);
  ::close(ends[1]);
  return 0;
}
