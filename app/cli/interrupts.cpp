// Waiting for SIGINT and SIGTERM. Owned by main; one thread of its own.
#include "app/cli/interrupts.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>

namespace planguild::cli {
namespace {

constexpr int bound_ms = 8'000;  // from the first signal to the end; stopping a runtime takes at most 5 s
constexpr int interrupted_exit_code = 1;

}  // namespace

struct interrupt_watch::parts {
  int signals = -1;  // signalfd
  int ended = -1;    // eventfd: the watch is over
  std::atomic<bool> requested{false};
  std::mutex guard;  // of `action`; held while it runs, so that a scope does not end under it
  std::function<void()> action;
  std::thread thread;

  /// True: a signal came; false: the watch is over or the time has passed.
  bool wait(int timeout_ms, bool& over) const {
    std::array<pollfd, 2> watched = {{{signals, POLLIN, 0}, {ended, POLLIN, 0}}};
    while (::poll(watched.data(), watched.size(), timeout_ms) < 0) {
    }
    over = (watched[1].revents & POLLIN) != 0;
    return (watched[0].revents & POLLIN) != 0;
  }

  /// Takes the signal that was announced.
  void take() const {
    signalfd_siginfo info{};
    (void)!::read(signals, &info, sizeof info);
  }

  void run() {
    bool over = false;
    if (!wait(-1, over) || over) return;
    take();
    requested = true;
    // The action may take seconds; a second signal must end the process meanwhile.
    std::thread second{[this] {
      bool is_over = false;
      (void)wait(bound_ms, is_over);
      if (!is_over) ::_exit(interrupted_exit_code);
    }};
    {
      const std::lock_guard lock{guard};
      if (!action) ::_exit(interrupted_exit_code);
      action();
    }
    second.join();
  }
};

interrupt_watch::interrupt_watch() : parts_(std::make_unique<parts>()) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  (void)::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  parts_->signals = ::signalfd(-1, &set, SFD_CLOEXEC);
  parts_->ended = ::eventfd(0, EFD_CLOEXEC);
  if (parts_->signals < 0 || parts_->ended < 0) {
    // Without them the signals end the process as they do without us.
    (void)::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    return;
  }
  parts_->thread = std::thread{[this] { parts_->run(); }};
}

interrupt_watch::~interrupt_watch() {
  if (parts_->thread.joinable()) {
    const std::uint64_t one = 1;
    (void)!::write(parts_->ended, &one, sizeof one);
    parts_->thread.join();
  }
  if (parts_->signals >= 0) ::close(parts_->signals);
  if (parts_->ended >= 0) ::close(parts_->ended);
}

bool interrupt_watch::requested() const noexcept {
  return parts_->requested;
}

interrupt_watch::scope::scope(interrupt_watch& watch, std::function<void()> action) : watch_(watch) {
  const std::lock_guard lock{watch_.parts_->guard};
  if (watch_.parts_->requested && action) action();
  watch_.parts_->action = std::move(action);
}

interrupt_watch::scope::~scope() {
  const std::lock_guard lock{watch_.parts_->guard};
  watch_.parts_->action = nullptr;
}

}  // namespace planguild::cli
