// Where `planguild top` draws: a terminal's alternate screen, with keys and size changes, or plain frames one below the
// other. Owned by the command; main thread, but `restore` and `wake` may be called from any.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "app/cli/top_view.hpp"

namespace planguild::cli {

class top_screen {
 public:
  /// Draws on `output` (neither is owned). Takes over the terminal if `output` is one that can move its cursor (and
  /// `plain` is false): alternate screen, no cursor; `input`, if it is a terminal too, gives keys without echo. Only
  /// one may exist at a time. `colour`: whether frames may have colours.
  top_screen(int input, int output, bool plain, bool colour);
  /// Restores.
  ~top_screen();
  top_screen(const top_screen&) = delete;
  top_screen& operator=(const top_screen&) = delete;

  /// Whether it has taken over the terminal.
  bool is_full() const noexcept;
  /// What a frame may take now.
  frame_size size() const;

  /// Shows a frame. False if it cannot be written; true, and nothing is written, after `restore`.
  bool draw(std::string_view frame) noexcept;

  enum class event : std::uint8_t {
    time_over,
    resized,
    quit,   // q, or the end of the keys' input
    woken,  // `wake` was called
  };
  /// Waits for the first of them.
  event wait(std::int64_t timeout_ms);

  /// Gives the terminal back as it was; from then on nothing is drawn. The second call does nothing. Any thread.
  void restore() noexcept;
  /// Ends a running or the next `wait`. Any thread.
  void wake() noexcept;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace planguild::cli
