// Restart back-off: doubling, jitter, budget. Plain class.
#include "actors/instantiation/backoff.hpp"

#include <catch2/catch.hpp>

#include "messages/limits.hpp"

using namespace planguild;  // NOLINT(google-build-using-namespace)

namespace {

class fixed final : public random_source {
 public:
  explicit fixed(std::uint64_t value) : value_(value) {}
  std::uint64_t next() override { return value_; }

 private:
  std::uint64_t value_;
};

}  // namespace

TEST_CASE("Delays double from 200 ms to 2 s") {
  fixed middle{std::uint64_t{1} << 63};
  restart_backoff backoff;
  for (const std::int64_t expected : {200, 400, 800, 1'600, 2'000, 2'000}) {
    CHECK(backoff.next_delay_ms(middle) == expected);
  }
  backoff.reset();
  CHECK(backoff.next_delay_ms(middle) == 200);
}

TEST_CASE("Jitter stays within a fifth of the delay") {
  fixed lowest{0};
  fixed highest{~std::uint64_t{0}};
  CHECK(restart_backoff{}.next_delay_ms(lowest) == 160);
  const auto most = restart_backoff{}.next_delay_ms(highest);
  CHECK(most >= 239);
  CHECK(most <= 240);
}

TEST_CASE("Three restarts within ten seconds spend the budget; it grows back as time passes") {
  restart_backoff backoff;
  CHECK(backoff.may_restart(0));
  CHECK(backoff.may_restart(1'000));
  CHECK(backoff.may_restart(2'000));
  CHECK_FALSE(backoff.may_restart(9'000));
  CHECK(backoff.may_restart(limits::restart_window_ms + 1));
  CHECK_FALSE(backoff.may_restart(limits::restart_window_ms + 2));
}
