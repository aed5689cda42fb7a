// The terminal of `planguild top`: plain ANSI sequences, termios, one descriptor that wakes the main thread. Main
// thread; what other threads may call says so.
#include "app/cli/top_screen.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <string>

#include "app/host/system/descriptor.hpp"

namespace planguild::cli {
namespace {

// Alternate screen, no cursor, no wrapping at the right edge; and all of it back.
constexpr std::string_view enter_sequence = "\x1b[?1049h\x1b[?25l\x1b[?7l";
constexpr std::string_view leave_sequence = "\x1b[?7h\x1b[?25h\x1b[?1049l";
constexpr std::string_view to_the_top = "\x1b[H";
constexpr std::string_view clear_line_rest = "\x1b[K";
constexpr std::string_view clear_below = "\x1b[J";

// What the handler of SIGWINCH tells; a handler can reach nothing else. -1: nobody wants to know.
std::atomic<int> resize_descriptor{-1};

extern "C" void on_resize(int) {
  const int saved = errno;
  const std::uint64_t one = 1;
  if (const int told = resize_descriptor.load(); told >= 0) (void)!::write(told, &one, sizeof one);
  errno = saved;
}

bool is_capable_terminal(int output) {
  const char* kind = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): nobody changes the environment
  return ::isatty(output) == 1 && kind != nullptr && *kind != '\0' && std::string_view{kind} != "dumb";
}

bool write_all(int output, std::string_view text) noexcept {
  while (!text.empty()) {
    const auto count = ::write(output, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// Takes what was written to an eventfd.
bool was_told(const descriptor& told) {
  std::uint64_t count = 0;
  return ::read(told.get(), &count, sizeof count) == sizeof count;
}

}  // namespace

struct top_screen::parts {
  int input = -1;
  int output = -1;
  bool full = false;
  bool keys = false;  // `input` is a terminal that was switched to single keys
  bool first = true;
  bool colour = false;
  termios before{};
  struct sigaction handler_before {};
  descriptor woken{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  descriptor resized{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::mutex terminal;    // of `restored` and of what is written: a signal restores from another thread
  bool restored = false;  // guarded by `terminal`

  void take_over() {
    full = true;
    if (::isatty(input) == 1 && ::tcgetattr(input, &before) == 0) {
      auto raw = before;
      raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
      // A stopped or aborted program would leave the terminal as it is now; an interrupt is handled.
      raw.c_cc[VSUSP] = _POSIX_VDISABLE;
      raw.c_cc[VQUIT] = _POSIX_VDISABLE;
      raw.c_cc[VMIN] = 1;
      raw.c_cc[VTIME] = 0;
      keys = ::tcsetattr(input, TCSANOW, &raw) == 0;
    }
    resize_descriptor = resized.get();
    struct sigaction handler {};
    handler.sa_handler = &on_resize;
    handler.sa_flags = SA_RESTART;
    sigemptyset(&handler.sa_mask);
    (void)::sigaction(SIGWINCH, &handler, &handler_before);
    (void)write_all(output, enter_sequence);
  }

  void give_back() noexcept {
    const std::lock_guard lock{terminal};
    if (restored) return;
    restored = true;
    if (!full) return;
    (void)write_all(output, leave_sequence);
    if (keys) (void)::tcsetattr(input, TCSANOW, &before);
  }

  /// Whether the keys that were pressed end it.
  bool is_quit_pressed() {
    std::array<char, 64> pressed{};
    const auto count = ::read(input, pressed.data(), pressed.size());
    if (count < 0) return errno != EINTR && errno != EAGAIN;
    if (count == 0) return true;
    const std::string_view text{pressed.data(), static_cast<std::size_t>(count)};
    return text.find_first_of("qQ\x03\x04") != std::string_view::npos;
  }
};

top_screen::top_screen(int input, int output, bool plain, bool colour) : parts_(std::make_unique<parts>()) {
  parts_->input = input;
  parts_->output = output;
  parts_->colour = colour;
  if (!plain && is_capable_terminal(output)) parts_->take_over();
}

top_screen::~top_screen() {
  restore();
  if (!parts_->full) return;
  (void)::sigaction(SIGWINCH, &parts_->handler_before, nullptr);
  resize_descriptor = -1;
}

bool top_screen::is_full() const noexcept {
  return parts_->full;
}

frame_size top_screen::size() const {
  frame_size result;
  result.colour = parts_->colour;
  result.is_cut = ::isatty(parts_->output) == 1;
  winsize window{};
  if (::ioctl(parts_->output, TIOCGWINSZ, &window) == 0 && window.ws_col > 0) {
    result.columns = window.ws_col;
    if (parts_->full) result.rows = window.ws_row;
  }
  return result;
}

bool top_screen::draw(std::string_view frame) noexcept {
  const std::lock_guard lock{parts_->terminal};
  if (parts_->restored) return true;
  std::string text;
  if (parts_->full) {
    text = to_the_top;
    if (frame.ends_with('\n')) frame.remove_suffix(1);  // one more would scroll the first line away
    for (const char letter : frame) {
      if (letter == '\n') text += clear_line_rest;
      text += letter;
    }
    text += clear_line_rest;
    text += clear_below;
  } else {
    text = parts_->first ? "" : "\n";
    text += frame;
  }
  parts_->first = false;
  return write_all(parts_->output, text);
}

top_screen::event top_screen::wait(std::int64_t timeout_ms) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds{timeout_ms};
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    std::array<pollfd, 3> watched = {{{parts_->woken.get(), POLLIN, 0},
                                      {parts_->resized.get(), POLLIN, 0},
                                      {parts_->keys ? parts_->input : -1, POLLIN, 0}}};
    const int ready = ::poll(watched.data(), watched.size(), left > 0 ? static_cast<int>(left) : 0);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return event::time_over;
    if (watched[0].revents != 0 && was_told(parts_->woken)) return event::woken;
    if (watched[1].revents != 0 && was_told(parts_->resized)) return event::resized;
    if (watched[2].revents != 0 && parts_->is_quit_pressed()) return event::quit;
  }
}

void top_screen::restore() noexcept {
  parts_->give_back();
}

void top_screen::wake() noexcept {
  const std::uint64_t one = 1;
  (void)!::write(parts_->woken.get(), &one, sizeof one);
}

}  // namespace planguild::cli
