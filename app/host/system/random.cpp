// The real source of chance. See the header.
#include "app/host/system/random.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <random>

namespace planguild {
namespace {

class system_random_source final : public random_source {
 public:
  std::uint64_t next() override {
    const std::lock_guard lock(mutex_);
    if (used_ == values_.size()) refill();
    return values_[used_++];
  }

 private:
  void refill() {
    auto* bytes = reinterpret_cast<char*>(values_.data());
    std::size_t filled = 0;
    while (filled < sizeof values_) {
      const ssize_t size = ::getrandom(bytes + filled, sizeof values_ - filled, 0);
      if (size > 0) filled += static_cast<std::size_t>(size);
      if (size < 0 && errno != EINTR) break;
    }
    if (filled < sizeof values_) {  // a system call filter without getrandom: the C++ library knows other ways
      std::random_device device;
      for (std::uint64_t& value : values_) value = std::uint64_t{device()} << 32U | device();
    }
    used_ = 0;
  }

  std::mutex mutex_;  // guards the buffer, which all actors of a runtime draw from
  std::array<std::uint64_t, 64> values_{};
  std::size_t used_ = values_.size();
};

}  // namespace

std::shared_ptr<random_source> make_system_random() {
  return std::make_shared<system_random_source>();
}

}  // namespace planguild
