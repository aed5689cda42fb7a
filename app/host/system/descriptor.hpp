// One file descriptor with one owner, closed with it. Not shared between threads.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace planguild {

class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int number) noexcept : number_(number) {}
  descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() { reset(); }

  int get() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }
  void reset() noexcept {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

  /// Moves it to a number of 3 or more (close-on-exec), so that later dup2 calls onto 0, 1 and 2 cannot hit it: a host
  /// may itself have closed its standard descriptors. False, with errno set, when there is no number left.
  bool move_above_standard() noexcept { return move_above(STDERR_FILENO); }

  /// Likewise for any number: it is above `number` afterwards.
  bool move_above(int number) noexcept {
    if (number_ < 0 || number_ > number) return number_ >= 0;
    const int moved = ::fcntl(number_, F_DUPFD_CLOEXEC, number + 1);
    if (moved < 0) return false;
    reset();
    number_ = moved;
    return true;
  }

 private:
  int number_ = -1;
};

}  // namespace planguild
