// The progress line. Owned by a command; one thread of its own.
#include "app/cli/progress.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "app/cli/output.hpp"

namespace planguild::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto quiet_at_first = 1'000ms;
constexpr auto step = 120ms;
constexpr std::size_t columns_max = 70;
constexpr std::string_view clear_line = "\r\x1b[K";

}  // namespace

struct progress_line::parts {
  std::mutex guard;
  std::condition_variable changed;
  std::string stage;
  std::function<std::string()> more;
  bool over = false;
  std::thread thread;

  void run() {
    const auto begin = std::chrono::steady_clock::now();
    std::unique_lock lock{guard};
    bool printed = false;
    if (!changed.wait_for(lock, quiet_at_first, [this] { return over; })) {
      for (std::size_t turn = 0; !over; ++turn) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin);
        const auto ask = more;
        auto what = stage;
        lock.unlock();  // asking may take a moment
        if (ask) what += ask();
        complain(std::string{clear_line} + "|/-\\"[turn % 4] + " " + fit(what, columns_max) + "  " +
                 std::to_string(seconds.count()) + " s");
        lock.lock();
        printed = true;
        changed.wait_for(lock, step, [this] { return over; });
      }
    }
    if (printed) complain(clear_line);
  }
};

progress_line::progress_line(bool shown) {
  if (!shown) return;
  parts_ = std::make_unique<parts>();
  parts_->thread = std::thread{[this] { parts_->run(); }};
}

progress_line::~progress_line() {
  end();
}

void progress_line::stage(std::string text, std::function<std::string()> more) {
  if (!parts_) return;
  const std::lock_guard lock{parts_->guard};
  parts_->stage = std::move(text);
  parts_->more = std::move(more);
}

void progress_line::end() {
  if (!parts_ || !parts_->thread.joinable()) return;
  {
    const std::lock_guard lock{parts_->guard};
    parts_->over = true;
  }
  parts_->changed.notify_all();
  parts_->thread.join();
}

}  // namespace planguild::cli
