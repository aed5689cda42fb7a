// The real clock. See the header.
#include "app/host/system/clock.hpp"

#include <chrono>

namespace planguild {
namespace {

class system_clock_source final : public clock_source {
 public:
  std::int64_t monotonic_ms() const override { return monotonic_ns() / 1'000'000; }
  std::int64_t monotonic_ns() const override {
    return since_zero<std::chrono::nanoseconds>(std::chrono::steady_clock::now());
  }
  std::int64_t wall_ms() const override {
    return since_zero<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }

 private:
  template <class Unit, class Moment>
  static std::int64_t since_zero(Moment moment) {
    return std::chrono::duration_cast<Unit>(moment.time_since_epoch()).count();
  }
};

}  // namespace

std::shared_ptr<clock_source> make_system_clock() {
  return std::make_shared<system_clock_source>();
}

}  // namespace planguild
