// The test scheduler and clock: see the header.
#include "tests/support/test_system.hpp"

#include <chrono>

namespace planguild::test {

#if PLANGUILD_CAF_1
struct test_system::fixture {
  struct types {
    types() {
      caf::actor_system_config configuration;
      compat::add_types<caf::id_block::planguild>(configuration);
    }
  } registered;
  caf::test::fixture::deterministic inner;
  caf::actor_system& system() { return inner.sys; }
  void run() { inner.dispatch_messages(); }
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
  void run() {
    while (scheduler().has_job()) {
      scheduler().run_once();
    }
  }
  void step() { scheduler().advance_time(std::chrono::milliseconds{1}); }
};
#endif

test_system::test_system() : fixture_(std::make_unique<fixture>()) {}
test_system::~test_system() {
  run();
}

caf::actor_system& test_system::system() noexcept {
  return fixture_->system();
}

void test_system::run() {
  fixture_->run();
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
