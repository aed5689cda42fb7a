// The decision log: see the header.
#include "app/host/decision_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "app/host/decision_line.hpp"
#include "messages/selection.hpp"

namespace planguild {
namespace {

constexpr std::size_t waiting_max = 1'000;
constexpr std::size_t rows_waiting_max = 1'000'000;  // of all views that wait: about 300 bytes each

struct decision {
  snapshot_ptr view;
  select_request request;
  outcome<selection> chosen;
};

bool append(const std::string& path, std::string_view line) {
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return false;
  bool good = true;
  while (good && !line.empty()) {
    const ssize_t size = ::write(file, line.data(), line.size());
    if (size < 0 && errno == EINTR) continue;
    good = size > 0;
    if (good) line.remove_prefix(static_cast<std::size_t>(size));
  }
  return ::close(file) == 0 && good;
}

class decision_log final : public decision_sink {
 public:
  decision_log(std::string path, std::shared_ptr<log_sink> log)
      : path_(std::move(path)), log_(std::move(log)), thread_([this] { run(); }) {}

  ~decision_log() override {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  void decided(const snapshot_ptr& view, const select_request& request, const outcome<selection>& chosen) override {
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.size() >= waiting_max || rows_waiting_ + view->rows.size() > rows_waiting_max) {
        ++dropped_;
        return;
      }
      rows_waiting_ += view->rows.size();
      waiting_.push_back({view, request, chosen});
    }
    changed_.notify_one();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      const auto taken = std::exchange(waiting_, {});
      rows_waiting_ = 0;
      const auto dropped = std::exchange(dropped_, 0);
      lock.unlock();
      write(taken, dropped);
      lock.lock();
    }
  }

  void write(const std::deque<decision>& decisions, std::uint64_t dropped) {
    if (dropped > 0) {
      log_->log(log_level::warning, "decisions", "Decisions came faster than they could be recorded.",
                {{"dropped", std::to_string(dropped)}});
    }
    for (const auto& each : decisions) {
      const auto line = decision_line(*each.view, each.request, each.chosen);
      if (!line) {
        log_->log(log_level::warning, "decisions", "A decision is not recorded: " + line.error->message);
      } else if (!append(path_, *line + "\n") && !std::exchange(complained_, true)) {
        log_->log(log_level::error, "decisions", "Decisions cannot be recorded; is the file writable, the disk full?",
                  {{"where", path_}});
      }
    }
  }

  const std::string path_;
  const std::shared_ptr<log_sink> log_;
  // The registry's thread hands over, this one writes: a queue with a lock that is held for a push or a swap.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<decision> waiting_;
  std::size_t rows_waiting_ = 0;
  std::uint64_t dropped_ = 0;
  bool ending_ = false;
  bool complained_ = false;  // the thread's own
  std::thread thread_;       // last: it starts when the rest is there
};

}  // namespace

std::shared_ptr<decision_sink> make_decision_log(std::string path, std::shared_ptr<log_sink> log) {
  return std::make_shared<decision_log>(std::move(path), std::move(log));
}

}  // namespace planguild
