// The terminal of top, on a pseudo-terminal.
#include "app/cli/top_screen.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

#include "tests/support/text_checks.hpp"

using planguild::cli::top_screen;
using planguild::test::has;

namespace {

constexpr int long_ms = 30'000;  // never waited for unless something is broken

/// A pseudo-terminal: the program's side and ours.
struct terminal {
  terminal() {
    winsize window{24, 80, 0, 0};
    REQUIRE(::openpty(&ours, &theirs, nullptr, nullptr, &window) == 0);
    REQUIRE(::setenv("TERM", "xterm", 1) == 0);
  }
  ~terminal() {
    ::close(ours);
    ::close(theirs);
  }
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  /// Everything that was written so far.
  std::string shown() const {
    std::string text;
    std::array<char, 4'096> chunk{};
    pollfd watched{ours, POLLIN, 0};
    while (::poll(&watched, 1, 0) > 0 && (watched.revents & POLLIN) != 0) {
      const auto count = ::read(ours, chunk.data(), chunk.size());
      if (count <= 0) break;
      text.append(chunk.data(), static_cast<std::size_t>(count));
    }
    return text;
  }
  void press(const std::string& keys) const {
    REQUIRE(::write(ours, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
  }
  termios settings() const {
    termios value{};
    REQUIRE(::tcgetattr(theirs, &value) == 0);
    return value;
  }

  int ours = -1;
  int theirs = -1;
};

}  // namespace

TEST_CASE("The screen takes the terminal over and gives it back as it was") {
  const terminal tty;
  const auto before = tty.settings();
  {
    const top_screen screen{tty.theirs, tty.theirs, false, false};
    CHECK(screen.is_full());
    CHECK(has(tty.shown(), "\x1b[?1049h\x1b[?25l"));
    CHECK((tty.settings().c_lflag & (ICANON | ECHO)) == 0);
    CHECK((tty.settings().c_lflag & ISIG) != 0);  // Ctrl-C still interrupts
    CHECK(screen.size().columns == 80);
    CHECK(screen.size().rows == 24);
  }
  CHECK(has(tty.shown(), "\x1b[?25h\x1b[?1049l"));
  CHECK(tty.settings().c_lflag == before.c_lflag);
  CHECK(tty.settings().c_cc[VSUSP] == before.c_cc[VSUSP]);
  CHECK(tty.settings().c_cc[VQUIT] == before.c_cc[VQUIT]);
}

TEST_CASE("A frame is drawn over the last one without scrolling") {
  const terminal tty;
  top_screen screen{tty.theirs, tty.theirs, false, false};
  (void)tty.shown();
  CHECK(screen.draw("one\ntwo\n"));
  CHECK(tty.shown() == "\x1b[Hone\x1b[K\r\ntwo\x1b[K\x1b[J");
}

TEST_CASE("Once the terminal is given back, from whatever thread, nothing is drawn on it") {
  const terminal tty;
  top_screen screen{tty.theirs, tty.theirs, false, false};
  std::thread{[&screen] { screen.restore(); }}.join();
  CHECK(has(tty.shown(), "\x1b[?1049l"));
  CHECK(screen.draw("late\n"));
  screen.restore();
  CHECK(tty.shown().empty());
}

TEST_CASE("The key q ends it and others do not") {
  const terminal tty;
  top_screen screen{tty.theirs, tty.theirs, false, false};
  tty.press("xyz");
  CHECK(screen.wait(50) == top_screen::event::time_over);
  tty.press("q");
  CHECK(screen.wait(long_ms) == top_screen::event::quit);
}

TEST_CASE("Another thread can wake it, also before it waits") {
  const terminal tty;
  top_screen screen{tty.theirs, tty.theirs, false, false};
  screen.wake();
  CHECK(screen.wait(long_ms) == top_screen::event::woken);
  std::thread waker{[&screen] { screen.wake(); }};
  CHECK(screen.wait(long_ms) == top_screen::event::woken);
  waker.join();
  CHECK(screen.wait(0) == top_screen::event::time_over);
}

TEST_CASE("A new size is noticed at once") {
  const terminal tty;
  top_screen screen{tty.theirs, tty.theirs, false, false};
  const winsize narrow{10, 33, 0, 0};
  REQUIRE(::ioctl(tty.theirs, TIOCSWINSZ, &narrow) == 0);
  REQUIRE(::raise(SIGWINCH) == 0);  // the terminal is not this process's own, so nobody else sends it
  CHECK(screen.wait(long_ms) == top_screen::event::resized);
  CHECK(screen.size().columns == 33);
  CHECK(screen.size().rows == 10);
}

TEST_CASE("Elsewhere frames stand one below the other, and no key is waited for") {
  const terminal tty;
  SECTION("where plain frames are asked for") {
    top_screen screen{tty.theirs, tty.theirs, true, false};
    CHECK_FALSE(screen.is_full());
    CHECK(screen.draw("one\n"));
    CHECK(screen.draw("two\n"));
    CHECK(tty.shown() == "one\r\n\r\ntwo\r\n");
    tty.press("q");
    CHECK(screen.wait(0) == top_screen::event::time_over);
    CHECK(screen.size().rows == 0);
  }
  SECTION("on a terminal that cannot move its cursor") {
    REQUIRE(::setenv("TERM", "dumb", 1) == 0);
    const top_screen screen{tty.theirs, tty.theirs, false, false};
    CHECK_FALSE(screen.is_full());
  }
  SECTION("in a pipe that nobody reads") {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    ::close(pipe[0]);
    (void)std::signal(SIGPIPE, SIG_IGN);
    top_screen screen{-1, pipe[1], false, false};
    CHECK_FALSE(screen.is_full());
    CHECK_FALSE(screen.draw("one\n"));
    ::close(pipe[1]);
  }
}

TEST_CASE("A terminal that is gone ends it instead of being asked for ever") {
  terminal tty;
  top_screen screen{tty.theirs, tty.theirs, false, false};
  ::close(tty.ours);
  tty.ours = -1;
  CHECK(screen.wait(long_ms) == top_screen::event::quit);
  CHECK_FALSE(screen.draw("one\n"));
}
