// The last so many of something. Owned by one thread at a time. Memory: grows with what is pushed, up to the capacity;
// the oldest element is overwritten then. counted() = size() + overwritten() + trimmed(), always.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace planguild {

template <class T>
class ring_buffer {
 public:
  /// `capacity` in elements; 0 keeps nothing (what is pushed counts as overwritten).
  explicit ring_buffer(std::size_t capacity) : capacity_(capacity) {}

  void push(T value) {
    ++counted_;
    if (capacity_ == 0) {
      ++overwritten_;
    } else if (values_.size() < capacity_) {
      values_.push_back(std::move(value));
    } else {
      values_[oldest_] = std::move(value);
      oldest_ = (oldest_ + 1) % capacity_;
      ++overwritten_;
    }
  }

  /// A smaller capacity trims the oldest elements at once, and gives their memory back.
  void set_capacity(std::size_t capacity) {
    std::rotate(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(oldest_), values_.end());
    oldest_ = 0;
    if (values_.size() > capacity) {
      const auto surplus = values_.size() - capacity;
      values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(surplus));
      values_.shrink_to_fit();
      trimmed_ += surplus;
    }
    capacity_ = capacity;
  }

  /// Copies of the newest `limit` elements, oldest first.
  std::vector<T> newest(std::size_t limit) const {
    const auto count = std::min(limit, values_.size());
    std::vector<T> result;
    result.reserve(count);
    for (std::size_t index = values_.size() - count; index < values_.size(); ++index) {
      result.push_back(values_[(oldest_ + index) % values_.size()]);
    }
    return result;
  }

  std::size_t size() const noexcept { return values_.size(); }
  std::size_t capacity() const noexcept { return capacity_; }
  std::uint64_t counted() const noexcept { return counted_; }          // pushed so far
  std::uint64_t overwritten() const noexcept { return overwritten_; }  // gave way to newer ones
  std::uint64_t trimmed() const noexcept { return trimmed_; }          // gave way to a smaller capacity

 private:
  std::vector<T> values_;
  std::size_t capacity_;
  std::size_t oldest_ = 0;  // index of the oldest element; 0 until the ring is full
  std::uint64_t counted_ = 0;
  std::uint64_t overwritten_ = 0;
  std::uint64_t trimmed_ = 0;
};

}  // namespace planguild
