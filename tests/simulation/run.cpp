// One simulated run: time, turns, the script and its end. See the header.
#include "tests/simulation/run.hpp"

#include <algorithm>

namespace planguild::simulation {
namespace {

constexpr std::uint64_t turns_max = 200'000;  // more without an end is a run that does not settle
constexpr std::int64_t dying_ms_max = 50;

}  // namespace

run::run(test::test_system& world, std::uint64_t seed, const run_options& options)
    : world_(world),
      options_(options),
      base_ms_(world.now_ms()),
      dice_(seed),
      book_([this] { return now_ms(); }, options.tells_story),
      processes_(events_, book_, dice_, [this] { return now_ms(); }),
      files_(std::make_shared<test::memory_files>()),
      store_(std::make_shared<slow_store>([this](const admission_verdict& verdict) { check_verdict(verdict); })) {
  configuration_ = draw_configuration();
  const auto count = static_cast<std::size_t>(dice_.between(2, 4));
  for (const char* name : {"alpha_planner", "beta_planner", "gamma_planner", "delta_planner"}) {
    if (planners_.size() < count) {
      planners_.emplace_back(name);
      write_planner(name);
    }
  }
  change_temper();
  if (dice_.percent(60)) {
    watcher_ = std::make_shared<told_watcher>();
  }
  environment outside;
  outside.clock = std::make_shared<run_clock>([this] { return now_ms(); });
  outside.random = std::make_shared<run_random>(seed);
  outside.files = files_;
  outside.log = std::make_shared<silent_log>(book_);
  outside.store = store_;
  outside.watcher = watcher_;
  outside.decisions = std::make_shared<decision_witness>(book_);
  guild_ = std::make_unique<guild>(world_.system(), processes_,
                                   guild_options{configuration_, outside, dice_.percent(70), options_.planted});
  draw_store();
}

// -- time and turns
// -----------------------------------------------------------------------------------------------------

/// Lets one actor, or one thing of the outside, go on; whose turn it is is the seed's choice. False if nobody can.
bool run::take_turn() {
  const auto actors = world_.ready();
  const auto others = events_.ready(now_ms());
  if (actors + others == 0) {
    return false;
  }
  const auto choice = dice_.below(actors + others);
  book_.mark(choice << 8U | actors);
  if (choice < actors) {
    ++messages_;
    (void)world_.run_one(choice);
  } else {
    events_.run_one(now_ms(), choice - actors);
  }
  return !book_.breached();
}

void run::take_turns(std::uint64_t count) {
  while (count-- > 0 && take_turn()) {
  }
}

void run::settle() {
  for (std::uint64_t turn = 0; take_turn(); ++turn) {
    if (turn == turns_max) {
      book_.breach("the actors do not come to rest");
      return;
    }
  }
  check_settled();
}

/// Lets `ms` go by, stopping at everything that becomes due on the way.
void run::pass(std::int64_t ms) {
  const auto until = now_ms() + ms;
  settle();
  while (!book_.breached() && now_ms() < until) {
    auto next = until;
    if (const auto timer = world_.next_timer_ms()) {
      next = std::min(next, now_ms() + *timer);
    }
    if (const auto due = events_.next_due_ms()) {
      next = std::min(next, *due);
    }
    world_.pass(std::max<std::int64_t>(next - now_ms(), 0));
    settle();
  }
}

/// Lets `ms` go by although actors have work, as on a machine that has too much of it.
void run::pass_under_load(std::int64_t ms) {
  book_.note_load(ms);
  world_.pass(ms);
}

void run::check_settled() {
  if (book_.breached()) {
    return;
  }
  book_.check_deadlines();
  processes_.check_one_instance();
  for (; events_checked_ < events_heard_.size(); ++events_checked_) {
    if (events_checked_ > 0 &&
        events_heard_[events_checked_].sequence != events_heard_[events_checked_ - 1].sequence + 1) {
      book_.breach("event " + std::to_string(events_heard_[events_checked_ - 1].sequence) + " is followed by event " +
                   std::to_string(events_heard_[events_checked_].sequence));
    }
  }
}

// -- the script
// ---------------------------------------------------------------------------------------------------------

void run::step() {
  const auto kind = dice_.below(100);
  if (kind < 62) {
    ask_something();
  } else if (kind < 74) {
    something_fails();
  } else if (kind < 78) {
    pass_under_load(dice_.one_of<std::int64_t>({1, 7, 60, 300}));
  } else {
    const auto ms = dice_.one_of<std::int64_t>({1, 1, 5, 10, 10, 40, 200, 200, 700, 2'500, 11'000, 301'000});
    if (book_.tells_story()) {
      book_.tell("step: " + std::to_string(ms) + " ms go by");
    }
    pass(ms);
  }
  if (dice_.percent(35)) {
    settle();
  } else {
    take_turns(dice_.one_of<std::uint64_t>({0, 0, 1, 2, 5, 20}));
  }
}

void run::script() {
  const auto steps = static_cast<std::uint64_t>(dice_.between(10, 30));
  const auto stop_at = dice_.percent(30) ? dice_.below(steps) : steps;
  constexpr std::uint64_t steps_after_stop = 6;
  for (std::uint64_t number = 0; number < std::min(steps, stop_at + steps_after_stop) && !book_.breached(); ++number) {
    if (number == stop_at) {
      ask_stop();
    }
    step();
  }
}

/// Stops, unless that has been done, waits until it is over, and looks at what is left.
void run::end() {
  if (!stop_asked_ && dice_.percent(50)) {
    pass(dice_.one_of<std::int64_t>({100, 1'000, 35'000}));
  }
  if (disk_is_busy_) {
    pass(1'000);
  }
  if (!stop_asked_) {
    ask_stop();
  }
  if (options_.planted == plant::undying_process) {
    processes_.outlive_kills();
  }
  pass(stop_deadline_ms_ + dying_ms_max + 1);
  if (!book_.breached() && !stopped_at_) {
    book_.breach("stop was not answered");
  }
  ask_final_counts();
  settle();
}

void run::check_end() {
  book_.check_all_answered();
  if (book_.breached()) {
    return;
  }
  if (processes_.running() > 0) {
    book_.breach(std::to_string(processes_.running()) + " processes outlive stop");
  } else if (guild_->instances_alive() > 0) {
    book_.breach(std::to_string(guild_->instances_alive()) + " instances outlive stop");
  }
}

void run::clear_away() {
  ending_ = true;
  if (disk_is_busy_) {
    world_.release();
  }
  if (watcher_) {
    watcher_->forget();
  }
  guild_->end();
  if (subscriber_) {
    compat::end(subscriber_);
  }
  guild_->end_instances();
  for (const auto& each : conversations_) {
    compat::end(each);
  }
}

run_result run::go(std::uint64_t seed) {
  script();
  if (!book_.breached()) {
    end();
  }
  check_end();
  clear_away();
  world_.run();
  world_.forget_timers();
  world_.run();
  return {seed, book_.breached(), book_.story(), book_.fingerprint(), messages_};
}

}  // namespace planguild::simulation
