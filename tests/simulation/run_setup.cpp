// Where a simulated run begins, and what can go wrong around it. Part of run (run.hpp).
#include "actors/discovery/load.hpp"
#include "tests/simulation/run.hpp"

namespace planguild::simulation {
namespace {

constexpr std::uint64_t store_lane = 1;
constexpr std::uint64_t disk_lane = 2;
constexpr const char* root = "/planners";

}  // namespace

config run::draw_configuration() {
  config drawn;
  drawn.allowed_planners = {"*"};
  drawn.planner_path = {root};
  drawn.import_timeout_s = dice_.one_of({0.03, 0.3, 5.0});
  drawn.self_test_timeout_s = dice_.one_of({0.03, 0.5, 5.0});
  drawn.invocation_timeout_s = dice_.one_of({0.1, 1.0, 40.0});
  drawn.max_profiles = dice_.one_of<std::int64_t>({0, 1, 4, 1'000});
  drawn.min_reliability = dice_.one_of({0.0, 0.25, 0.25, 0.45});
  drawn.self_heal_on_empty = dice_.percent(30);
  drawn.self_heal_blocking = dice_.percent(70);
  drawn.deep_fingerprint = dice_.percent(80);
  drawn.tie_break = dice_.one_of({tie_break::name, tie_break::newest, tie_break::least_recent});
  return drawn;
}

/// What the store remembers, and when it says so; an operator's word in it counts as if it had just been given.
void run::draw_store() {
  const auto after_ms = dice_.one_of<std::int64_t>({0, 0, 3, 100, 499});
  outcome<store_contents> contents{store_contents{}};
  const auto kind = dice_.below(10);
  if (kind == 0) {
    contents = make_failure(failure_code::internal, "the database is locked");
  } else if (kind == 1) {
    admission_verdict word;
    word.name = any_planner();
    word.state = admission_state::quarantined;
    word.by_operator = true;
    contents->verdicts.push_back(word);
    book_.operator_had_quarantined(word.name);
  } else if (kind == 2) {
    contents->reliabilities.push_back({any_planner(), 1.0, 3.5, 1'699'999'000'000, 5, 3, 100.0, "it crashed"});
  }
  if (book_.tells_story()) {
    book_.tell("the store answers after " + std::to_string(after_ms) + " ms, kind " + std::to_string(kind));
  }
  events_.add(store_lane, now_ms() + after_ms, [this, contents] { store_->recall(contents); });
}

void run::write_planner(const std::string& planner) {
  const auto base = std::string{root} + "/" + planner;
  const auto& version = processes_.temper_of(planner).version;
  const auto revision = "--revision=" + std::to_string(file_version_);
  files_->put(
      base + ".planner.json",
      R"({"name":")" + planner + R"(","version":")" + version + R"(","capabilities":["structural"],"self_test":true,)" +
          (planner[0] == 'a' ? R"("production_ready":true,)" : "") + (planner[0] == 'b' ? R"("timeout_s":0.5,)" : "") +
          R"("entry":{"kind":"command","argv":["./)" + planner + R"(",")" + revision + R"("]}})");
  files_->put(base, "#!program " + revision, 0755);
  const auto manifest = base + ".planner.json";
  const auto loaded = load_planner(manifest, planner_source::root, *files_->stat(manifest), *files_);
  revisions_[loaded.planner->digest] = revision;
}

/// Bytes are admitted for what they have done themselves, not for what those before them did.
void run::check_verdict(const admission_verdict& verdict) {
  if (verdict.state == admission_state::admitted && !verdict.by_operator &&
      !processes_.has_proved(verdict.name, revisions_.at(verdict.digest))) {
    book_.breach(verdict.name + " is admitted for bytes of which no process passed its self-test or made a plan");
  }
}

const std::string& run::any_planner() {
  static const std::string nobody = "nobody_planner";
  return dice_.percent(4) ? nobody : planners_[dice_.below(planners_.size())];
}

temper run::draw_temper() {
  temper drawn;
  const auto kind = dice_.below(10);
  if (kind < 5) {  // well behaved, save for its speed
    drawn.latency_ms_max = dice_.one_of<std::int64_t>({0, 0, 8, 60});
  } else if (kind < 8) {
    drawn.plan_fault = dice_.one_of<std::uint64_t>({30, 60, 100});
    drawn.handshake_fault = dice_.one_of<std::uint64_t>({0, 0, 30});
    drawn.latency_ms_max = dice_.one_of<std::int64_t>({0, 20, 200});
  } else {
    drawn.start_fault = dice_.one_of<std::uint64_t>({0, 30, 100});
    drawn.handshake_fault = dice_.one_of<std::uint64_t>({0, 40, 100});
    drawn.self_test_fault = dice_.one_of<std::uint64_t>({0, 40, 100});
    drawn.latency_ms_max = dice_.one_of<std::int64_t>({0, 20, 700});
  }
  drawn.stubborn = dice_.one_of<std::uint64_t>({0, 0, 50, 100});
  drawn.dying_ms_max = dice_.one_of<std::int64_t>({0, 0, 5, 50});
  return drawn;
}

/// Another temper for everybody.
void run::change_temper() {
  for (const auto& planner : planners_) {
    auto& mood = processes_.temper_of(planner);
    const auto version = mood.version;
    mood = draw_temper();
    mood.version = version;
  }
}

void run::change_files() {
  const auto& planner = planners_[dice_.below(planners_.size())];
  const auto base = std::string{root} + "/" + planner;
  ++file_version_;
  const auto kind = dice_.below(10);
  if (book_.tells_story()) {
    book_.tell("step: files of " + planner + " change, kind " + std::to_string(kind));
  }
  if (kind < 4) {
    write_planner(planner);
  } else if (kind < 6) {
    processes_.temper_of(planner).version = "1.0." + std::to_string(file_version_);
    write_planner(planner);
  } else if (kind < 8) {
    planners_went_ = true;
    files_->remove(base + ".planner.json");
  } else if (kind == 8) {
    planners_went_ = true;
    files_->put(base + ".planner.json", R"({"name": nothing)");
  } else {
    planners_went_ = true;
    root_unreadable_ = !root_unreadable_;
    files_->set_unreadable(root, root_unreadable_);
  }
  if (watcher_ && dice_.percent(80)) {
    watcher_->notice();
  }
}

void run::something_fails() {
  const auto kind = dice_.below(10);
  if (kind < 4) {
    change_files();
  } else if (kind < 6) {
    if (book_.tells_story()) {
      book_.tell("step: the planners' tempers change");
    }
    change_temper();
  } else if (kind < 8) {
    (void)processes_.crash_one();
  } else if (!disk_is_busy_) {
    const auto ms = dice_.one_of<std::int64_t>({1, 30, 250, 900});
    if (book_.tells_story()) {
      book_.tell("step: the disk is busy for " + std::to_string(ms) + " ms");
    }
    disk_is_busy_ = true;
    world_.hold(guild_->discovery());
    events_.add(disk_lane, now_ms() + ms, [this] {
      disk_is_busy_ = false;
      world_.release();
    });
  }
}

}  // namespace planguild::simulation
