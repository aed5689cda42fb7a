// The process runner: a thread made with the first start, and the requests that go to it. See the header.
#include "app/host/system/processes.hpp"

#include <csignal>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "app/host/system/process_loop.hpp"

namespace planguild {
namespace {

/// Starts the loop's thread with all signals blocked: a host's handlers run on the host's threads.
std::thread start_loop(std::shared_ptr<process_loop> loop) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread;
  try {
    thread = std::thread([loop = std::move(loop)] { loop->run(); });
  } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch): the caller sees a thread that cannot be joined
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

class epoll_process_runner final : public local_process_runner {
 public:
  explicit epoll_process_runner(process_runner_options options) : options_(std::move(options)) {
    if (options_.places_of_copies.empty()) options_.places_of_copies = copy_folder_places();
  }
  epoll_process_runner(const epoll_process_runner&) = delete;
  epoll_process_runner& operator=(const epoll_process_runner&) = delete;

  ~epoll_process_runner() override {
    if (!loop_) return;
    loop_->post({process_request::kind_of::stop, 0, {}, {}, {}, {}});
    // The last owner may be a sink, which runs on the loop's own thread: that thread then ends by itself. It holds the
    // loop.
    if (thread_.get_id() == std::this_thread::get_id()) {
      thread_.detach();
    } else {
      thread_.join();  // bounded: the loop gives up unkillable processes
    }
  }

  std::uint64_t start(process_command command, process_sink sink) override {
    std::string error;
    std::uint64_t id = 0;
    std::shared_ptr<process_loop> loop;
    {
      const std::lock_guard lock(mutex_);
      id = ++last_id_;
      error = make_loop();
      loop = loop_;
    }
    if (!error.empty()) {
      process_event event;
      event.start_error = std::move(error);
      deliver(sink, std::move(event));
      return id;
    }
    loop->post({process_request::kind_of::start, id, std::move(command), std::move(sink), {}, {}});
    return id;
  }

  void send_line(std::uint64_t id, std::string line) override {
    if (const auto loop = current()) loop->post({process_request::kind_of::send, id, {}, {}, std::move(line), {}});
  }

  void kill(std::uint64_t id) override {
    if (const auto loop = current()) loop->post({process_request::kind_of::kill, id, {}, {}, {}, {}});
  }

  process_statistics statistics() const override {
    const auto loop = current();
    return loop ? process_statistics{loop->started(), loop->alive()} : process_statistics{};
  }

 private:
  std::shared_ptr<process_loop> current() const {
    const std::lock_guard lock(mutex_);
    return loop_;
  }

  /// Makes loop and thread if there are none; why not, otherwise empty. With the lock held.
  std::string make_loop() {
    if (loop_) return {};
    auto loop = std::make_shared<process_loop>(spawn_terms{options_.launcher_path, ask_machine(), options_.lacking},
                                               options_.places_of_copies);
    if (!loop->error().empty()) return loop->error();
    thread_ = start_loop(loop);
    if (!thread_.joinable()) return "no thread could be started for planner processes";
    loop_ = std::move(loop);
    return {};
  }

  process_runner_options options_;
  mutable std::mutex mutex_;  // guards the lazy making of the loop and the ids; held for moments
  std::uint64_t last_id_ = 0;
  std::shared_ptr<process_loop> loop_;
  std::thread thread_;
};

}  // namespace

std::shared_ptr<local_process_runner> make_process_runner(process_runner_options options) {
  return std::make_shared<epoll_process_runner>(std::move(options));
}

}  // namespace planguild
