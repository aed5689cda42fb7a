// The test scheduler and clock: see the header.
#include "tests/support/test_system.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#if PLANGUILD_CAF_1
#include <caf/log/level.hpp>
#include <caf/logger.hpp>
#include <caf/test/block_type.hpp>
#include <caf/test/context.hpp>
#include <caf/test/reporter.hpp>
#include <caf/test/runnable.hpp>
#endif

namespace planguild::test {

#if PLANGUILD_CAF_1
// Not in an anonymous namespace: the fixture below has one as a member.

/// CAF's deterministic system expects to run below CAF's own test runner: a current test, a reporter and a logger of
/// the thread. This stands for all three while a system lives (the release does without a current test); what fails in
/// CAF's own terms (a clock moved back) throws.
class runner_stand_in {
 public:
  runner_stand_in() : outer_logger_(caf::logger::current_logger()) { caf::logger::current_logger(logger_.get()); }
  ~runner_stand_in() {
    caf::logger::current_logger(outer_logger_);
    current_reporter() = outer_reporter_;
    caf::test::reporter::instance(outer_reporter_);
  }
  runner_stand_in(const runner_stand_in&) = delete;
  runner_stand_in& operator=(const runner_stand_in&) = delete;

 private:
  /// What a test does is of another name since the release of 1.1.0; both are there, and one overrides.
  struct current_test final : caf::test::runnable {
    using runnable::runnable;
    void do_run() {}
    void run_next_test_branch_impl() {}
  };
  /// CAF throws if it is asked while it has none. Of two systems, one within the other's life, the outer one's comes
  /// back.
  static caf::test::reporter*& current_reporter() {
    static caf::test::reporter* current = nullptr;
    return current;
  }
  /// The reporter comes first: a logger of the release's looks for it.
  static std::unique_ptr<caf::test::reporter> make_reporter() {
    auto made = caf::test::reporter::make_default();
    made->verbosity(caf::log::level::quiet);
    caf::test::reporter::instance(made.get());
    return made;
  }
  /// The release's takes nothing, its successors' a level and components.
  template <class Reporter = caf::test::reporter>
  static caf::intrusive_ptr<caf::logger> make_logger() {
    if constexpr (requires { Reporter::make_logger(); }) {
      return Reporter::make_logger();
    } else {
      return Reporter::make_logger(caf::log::level::quiet, {});
    }
  }
  std::unique_ptr<caf::test::reporter> reporter_ = make_reporter();
  caf::test::reporter* outer_reporter_ = std::exchange(current_reporter(), reporter_.get());
  caf::intrusive_ptr<caf::logger> logger_ = make_logger();
  caf::logger* outer_logger_;
  current_test test_{std::make_shared<caf::test::context>(), "planguild", caf::test::block_type::test};
};

/// The release counts jobs that are no actors as messages; in its successors they wait in a queue of their own.
template <class Fixture>
bool has_work(Fixture& inner) {
  if constexpr (requires { inner.pending_jobs(); }) {
    if (inner.pending_jobs() > 0) return true;
  }
  return inner.mail_count() > 0;
}

template <class Fixture>
bool do_work(Fixture& inner) {
  if constexpr (requires { inner.dispatch_job(); }) {
    if (inner.dispatch_job()) return true;
  }
  return inner.dispatch_message();
}

struct test_system::fixture {
  struct types {
    types() {
      caf::actor_system_config configuration;
      compat::add_types<caf::id_block::planguild>(configuration);
    }
  } registered;
  runner_stand_in runner;
  caf::test::fixture::deterministic inner;
  caf::actor_system& system() { return inner.sys; }
  void step() { inner.advance_time(std::chrono::milliseconds{1}); }
};
#else
struct test_system::fixture {
  struct testing_config : caf::actor_system_config {
    testing_config() {
      compat::add_types<caf::id_block::planguild>(*this);
      set("scheduler.policy", caf::atom("testing"));
    }
  } configuration;
  caf::actor_system inner{configuration};
  caf::actor_system& system() { return inner; }
  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(inner.scheduler());
  }
  void step() { scheduler().advance_time(std::chrono::milliseconds{1}); }
};
#endif

#if PLANGUILD_CAF_1
std::size_t test_system::ready() const {
  return has_work(fixture_->inner) ? 1 : 0;
}

bool test_system::run_one(std::uint64_t) {
  return do_work(fixture_->inner);
}

void test_system::release() {}

std::optional<std::int64_t> test_system::next_timer_ms() {
  return fixture_->inner.has_pending_timeout() ? std::optional<std::int64_t>{1} : std::nullopt;
}

void test_system::pass(std::int64_t ms) {
  now_ms_ += ms;
  fixture_->inner.advance_time(std::chrono::milliseconds{ms});
}

void test_system::forget_timers() {
  fixture_->inner.trigger_all_timeouts();
}
#else
std::size_t test_system::ready() const {
  const auto& jobs = fixture_->scheduler().jobs;
  return jobs.size() - static_cast<std::size_t>(std::count(jobs.begin(), jobs.end(), held_));
}

bool test_system::run_one(std::uint64_t choice) {
  const auto count = ready();
  if (count == 0) {
    return false;
  }
  auto& jobs = fixture_->scheduler().jobs;
  auto chosen = jobs.begin();
  for (auto left = choice % count; left > 0 || *chosen == held_; ++chosen) {
    left -= *chosen == held_ ? 0 : 1;
  }
  std::rotate(jobs.begin(), chosen, chosen + 1);
  fixture_->scheduler().run_once();
  return true;
}

void test_system::release() {
  held_ = nullptr;
}

std::optional<std::int64_t> test_system::next_timer_ms() {
  const auto& clock = fixture_->scheduler().clock();
  if (clock.schedule().empty()) {
    return std::nullopt;
  }
  const auto wait = clock.schedule().begin()->first - clock.current_time;
  return std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(wait).count(), 0);
}

void test_system::pass(std::int64_t ms) {
  now_ms_ += ms;
  fixture_->scheduler().advance_time(std::chrono::milliseconds{ms});
}

void test_system::forget_timers() {
  fixture_->scheduler().clock().cancel_all();
}
#endif

test_system::test_system() : fixture_(std::make_unique<fixture>()) {}
test_system::~test_system() {
  release();
  run();
}

caf::actor_system& test_system::system() noexcept {
  return fixture_->system();
}

void test_system::run() {
  while (run_one(0)) {
  }
}

void test_system::after(std::int64_t ms, std::function<void()> what) {
  timers_.emplace(now_ms_ + ms, std::move(what));
}

void test_system::advance(std::int64_t ms) {
  run();
  for (std::int64_t step = 0; step < ms; ++step) {
    ++now_ms_;
    fixture_->step();
    while (!timers_.empty() && timers_.begin()->first <= now_ms_) {
      auto due = timers_.extract(timers_.begin());
      due.mapped()();
    }
    run();
  }
}

}  // namespace planguild::test
