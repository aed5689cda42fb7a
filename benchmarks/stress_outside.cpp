// See the header.
#include "benchmarks/stress_outside.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace planguild::bench {

// -- the runner
// ----------------------------------------------------------------------------------------------------------

struct watched_runner::session {
  std::string planner;
  bool over = false;  // told to end, or ended; the rest is guarded by the table's lock as well
  bool exited = false;
  int descriptor = -1;  // of the child, so that a kill never meets another process with its number
};

struct watched_runner::table {
  explicit table(instance_watch& told) : watch(told) {}

  void end(session& which) {
    {
      const std::lock_guard guard{lock};
      if (std::exchange(which.over, true)) {
        return;
      }
    }
    watch.over(which.planner);
  }

  void note(const std::shared_ptr<session>& which, const process_event& event) {
    if (event.kind == process_event_kind::started && event.process > 0) {
      // The child cannot have been reaped: that is told on this thread, later.
      const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(event.process), 0));
      const std::lock_guard guard{lock};
      which->descriptor = descriptor;
      if (descriptor >= 0) {
        children.push_back(which);
      }
    } else if (event.kind == process_event_kind::exited) {
      {
        const std::lock_guard guard{lock};
        which->exited = true;
        std::erase(children, which);
        std::erase_if(by_id, [&which](const auto& each) { return each.second == which; });
        if (which->descriptor >= 0) {
          ::close(std::exchange(which->descriptor, -1));
        }
      }
      end(*which);
    }
  }

  instance_watch& watch;
  std::mutex lock;
  std::map<std::uint64_t, std::shared_ptr<session>> by_id;
  std::vector<std::shared_ptr<session>> children;
};

watched_runner::watched_runner(std::shared_ptr<process_runner> next, instance_watch& watch)
    : table_(std::make_shared<table>(watch)), next_(std::move(next)) {}
watched_runner::~watched_runner() = default;

std::uint64_t watched_runner::start(process_command command, process_sink sink) {
  auto made = std::make_shared<session>();
  made->planner = command.planner;
  table_->watch.started(made->planner);
  const auto id = next_->start(std::move(command), [table = table_, made, sink = std::move(sink)](process_event event) {
    table->note(made, event);  // first: who is told of an end may start the next one
    sink(std::move(event));
  });
  const std::lock_guard guard{table_->lock};
  if (!made->exited) {
    table_->by_id.emplace(id, made);
  }
  return id;
}

std::shared_ptr<watched_runner::session> watched_runner::find(std::uint64_t id) {
  const std::lock_guard guard{table_->lock};
  const auto known = table_->by_id.find(id);
  return known == table_->by_id.end() ? nullptr : known->second;
}

void watched_runner::send_line(std::uint64_t id, std::string line) {
  if (line.find(R"("method":"shutdown")") != std::string::npos) {
    if (const auto which = find(id)) {
      table_->end(*which);
    }
  }
  next_->send_line(id, std::move(line));
}

void watched_runner::kill(std::uint64_t id) {
  if (const auto which = find(id)) {
    table_->end(*which);
  }
  next_->kill(id);
}

bool watched_runner::kill_one(std::mt19937_64& random) {
  const std::lock_guard guard{table_->lock};
  if (table_->children.empty()) {
    return false;
  }
  const auto& which = table_->children[random() % table_->children.size()];
  return ::syscall(SYS_pidfd_send_signal, which->descriptor, SIGKILL, nullptr, 0) == 0;
}

// -- command planners
// ----------------------------------------------------------------------------------------------------------

namespace {

/// A planner in a few lines of shell.
std::string program_text(const std::string& name, const std::string& before_plan) {
  return R"(#!/bin/sh
while IFS= read -r line; do
  id=${line#*\"id\":\"}; id=${id%%\"*}
  case "$line" in
    *'"method":"initialize"'*)
      result='{"protocol":1,"name":")" +
         name + R"(","version":"1.0.0","capabilities":["structural"]}' ;;
    *'"method":"self_test"'*) result='{"passed":true}' ;;
    *'"method":"generate_plan"'*)
      )" +
         before_plan +
         R"(
      result='{"objective":"o","tasks":[{"id":"one","title":"t","description":"","kind":"edit","target":"","depends_on":[],"risk":"low","effort":"S","evidence":[]}],"evidence":[],"meta":{}}' ;;
    *) result='{}' ;;
  esac
  printf '{"jsonrpc":"2.0","id":"%s","result":%s}\n' "$id" "$result"
  case "$line" in *'"method":"shutdown"'*) exit 0 ;; esac
done
)";
}

}  // namespace

planner_folder::planner_folder()
    : path_(std::filesystem::temp_directory_path() / ("planguild-stress-" + std::to_string(::getpid()))) {
  std::filesystem::create_directories(path_);
  path_ = std::filesystem::canonical(path_);
  const std::vector<std::pair<std::string, std::string>> programs{
      {"shell_quick_planner", ":"}, {"shell_slow_planner", "sleep 0.02"}, {"shell_spare_planner", ":"}};
  for (const auto& [name, before_plan] : programs) {
    std::ofstream(path_ / (name + ".planner.json"))
        << R"({"name":")" << name << R"(","version":"1.0.0","capabilities":["structural"],"production_ready":true,)"
        << R"("self_test":true,"entry":{"kind":"command","argv":["./)" << name << R"("]}})";
    std::ofstream(path_ / name) << program_text(name, before_plan);
    std::filesystem::permissions(path_ / name, std::filesystem::perms::owner_all);
    planners_.push_back(name);
  }
}

planner_folder::~planner_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

// -- builtin planners
// ----------------------------------------------------------------------------------------------------------

namespace {

struct temper {
  const char* name;
  std::vector<std::string> capabilities;
  const char* tier = "";
  bool production_ready = true;
  std::uint64_t work_ms_max = 0;
  std::int64_t construction_ms = 0;
  std::uint64_t refuses_construction = 0;  // one time in so many; 0: never
  std::uint64_t fails = 0;
  std::uint64_t throws = 0;
  std::uint64_t plans_nonsense = 0;
};

const std::vector<temper>& tempers() {
  static const std::vector<temper> all{
      {.name = "swift_planner", .capabilities = {"structural", "risk"}, .tier = "gold"},
      {.name = "twin_planner", .capabilities = {"structural", "risk"}, .tier = "gold"},  // ties with the one before
      {.name = "sleepy_planner", .capabilities = {"structural", "refactor"}, .work_ms_max = 5},
      {.name = "dozy_planner", .capabilities = {"deep_index"}, .production_ready = false, .work_ms_max = 20},
      {.name = "failing_planner", .capabilities = {"risk"}, .tier = "vip", .fails = 2},
      {.name = "throwing_planner", .capabilities = {"refactor", "deep_index"}, .tier = "stable", .throws = 2},
      {.name = "nonsense_planner", .capabilities = {"risk", "refactor"}, .tier = "beta", .plans_nonsense = 3},
      {.name = "reluctant_planner", .capabilities = {"structural"}, .refuses_construction = 3},
      {.name = "slow_start_planner",
       .capabilities = {"deep_index", "structural"},
       .tier = "alpha",
       .construction_ms = 60},
  };
  return all;
}

class tempered_planner final : public builtin_planner {
 public:
  tempered_planner(const temper& mine, std::uint64_t seed) : temper_(mine), random_(seed) {}

  outcome<plan> generate_plan(const builtin_request& request) override {
    if (temper_.work_ms_max > 0) {
      for (auto left = random_() % temper_.work_ms_max; left > 0 && !request.cancelled(); --left) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
      }
    }
    if (happens(temper_.fails)) {
      return make_failure(failure_code::planner_error, "This planner fails now and then.");
    }
    if (happens(temper_.throws)) {
      throw std::runtime_error("This planner throws now and then.");
    }
    plan made;
    made.objective = request.objective;
    plan_task task;
    task.id = "one";
    task.title = "Do it";
    if (happens(temper_.plans_nonsense)) {
      task.depends_on = {"one"};
    }
    made.tasks.push_back(task);
    return made;
  }

 private:
  bool happens(std::uint64_t one_in) { return one_in > 0 && random_() % one_in == 0; }

  const temper& temper_;
  std::mt19937_64 random_;
};

}  // namespace

std::vector<builtin_registration> stress_builtins(std::uint64_t seed,
                                                  const std::shared_ptr<std::atomic<bool>>& unruly) {
  std::vector<builtin_registration> builtins;
  const auto made = std::make_shared<std::atomic<std::uint64_t>>(seed);
  for (const auto& mine : tempers()) {
    builtin_registration builtin;
    builtin.manifest.name = mine.name;
    builtin.manifest.version = "1.0.0";
    builtin.manifest.capabilities = mine.capabilities;
    builtin.manifest.tier = mine.tier;
    builtin.manifest.production_ready = mine.production_ready;
    builtin.manifest.self_test = true;
    builtin.make = [&mine, made, unruly]() -> std::unique_ptr<builtin_planner> {
      const auto number = made->fetch_add(1);
      std::this_thread::sleep_for(std::chrono::milliseconds{mine.construction_ms});
      if (mine.refuses_construction > 0 && *unruly && std::mt19937_64{number}() % mine.refuses_construction == 0) {
        throw std::runtime_error("This planner refuses to start now and then.");
      }
      return std::make_unique<tempered_planner>(mine, number);
    };
    builtins.push_back(std::move(builtin));
  }
  return builtins;
}

// -- what is left
// ----------------------------------------------------------------------------------------------------------

namespace {

std::uint64_t count_entries(const char* directory) {
  std::error_code problem;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator at{directory, problem}, end; !problem && at != end; at.increment(problem)) {
    ++count;
  }
  return count;
}

/// The parent of a process; 0 if it is gone.
std::uint64_t parent_of(const std::filesystem::path& process) {
  std::ifstream status(process / "status");
  for (std::string word; status >> word;) {
    if (word == "PPid:") {
      std::uint64_t parent = 0;
      status >> parent;
      return parent;
    }
  }
  return 0;
}

}  // namespace

holdings count_holdings(const std::string& folder) {
  holdings found;
  found.descriptors = count_entries("/proc/self/fd");
  found.threads = count_entries("/proc/self/task");
  const auto own = static_cast<std::uint64_t>(::getpid());
  std::error_code problem;
  for (std::filesystem::directory_iterator at{"/proc", problem}, end; !problem && at != end; at.increment(problem)) {
    const auto name = at->path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos || name == std::to_string(own)) {
      continue;
    }
    std::error_code gone;
    const auto works_in = std::filesystem::read_symlink(at->path() / "cwd", gone).string();
    found.processes += parent_of(at->path()) == own || (!gone && works_in == folder) ? 1 : 0;
  }
  return found;
}

}  // namespace planguild::bench
