// SIGINT and SIGTERM as an orderly end: one thread waits for them and tells whoever is at work to give up. Owned by
// main; the action runs on the watching thread.
#pragma once

#include <functional>
#include <memory>

namespace planguild::cli {

/// Make it before any other thread starts: the signals are blocked in this thread and all that come from it. On the
/// first signal the current action is called, once; without an action the process ends at once with exit code 1. A
/// second signal, or 8 s without an end, ends the process with exit code 1 whatever it does (workers end with their
/// host).
class interrupt_watch {
 public:
  interrupt_watch();
  ~interrupt_watch();
  interrupt_watch(const interrupt_watch&) = delete;
  interrupt_watch& operator=(const interrupt_watch&) = delete;

  /// Whether a signal came. Any thread.
  bool requested() const noexcept;

  /// While it lives, `action` is what a signal calls. If a signal came before, it is called at once. Not nested.
  class scope {
   public:
    scope(interrupt_watch& watch, std::function<void()> action);
    ~scope();
    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;

   private:
    interrupt_watch& watch_;
  };

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace planguild::cli
