// Question: what does a runtime with 1,000 planners and no work cost?
// Makes a runtime with builtin planners (which differ from command planners, once admitted, only in how they would be
// started) and an empty planner root that is watched, has all of them admitted, then does nothing and looks: processor
// time, wake-ups, threads, each with why it is there, and resident memory over that before the runtime. A thread is
// known by the step that brought it: names alone do not tell, because a thread that nobody named has its maker's.
// Breaches: a wake-up, or threads that grow with planners. Main thread.
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/host/runtime.hpp"
#include "app/host/system/system.hpp"
#include "benchmarks/measure.hpp"

namespace planguild::bench {
namespace {

constexpr std::size_t threads_max = 8;  // however many planners there are

class idle_planner final : public builtin_planner {
 public:
  outcome<plan> generate_plan(const builtin_request& /*request*/) override {
    return failure{failure_code::planner_error, "It is only there to be there.", {}, {}};
  }
};

std::vector<builtin_registration> registrations(std::size_t planners) {
  std::vector<builtin_registration> result(planners);
  for (std::size_t index = 0; index < planners; ++index) {
    auto& manifest = result[index].manifest;
    manifest.name = "idle_planner_" + std::to_string(index);
    manifest.version = "1.0.0";
    manifest.description = "Finds import cycles, layer breaks and oversized files, and says where to cut them.";
    manifest.capabilities = {"deep_index", "refactor", "structural", "topic_" + std::to_string(index % 64)};
    manifest.tags = {"imports", "layers"};
    manifest.tier = "stable";
    manifest.risk_rating = "low";
    manifest.production_ready = true;
    result[index].make = [] { return std::make_unique<idle_planner>(); };
  }
  return result;
}

double processor_seconds() {
  timespec spent{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

double resident_bytes() {
  double pages = 0;
  std::ifstream file("/proc/self/statm");
  file >> pages >> pages;  // the second number
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

/// The steps that bring threads.
enum class step { host, caf, runtime, discovery };

/// Which step brought each thread.
struct known_threads {
  std::map<pid_t, step> brought_by;

  void take_new(step at) {
    for (const auto& [id, facts] : threads_of_this_process()) brought_by.emplace(id, at);
  }
  /// Why a thread is there. Its name is looked at late: a thread names itself only once it runs.
  std::string why(pid_t id, const std::string& name) const {
    const auto found = brought_by.find(id);
    if (found == brought_by.end()) return "it came while nothing was to do";
    switch (found->second) {
      case step::host:
        return "the host's own, which waits";
      case step::caf:
        if (name.find("clock") != std::string::npos) return "CAF's timers: delayed messages";
        if (name == "caf.actor") return "CAF's printer, a detached actor of its own";
        return "CAF's workers, as many as `prepare` sets up (2)";
      case step::runtime:
        return "discovery: it reads files, so it is detached";
      case step::discovery:
        return "watches the planner roots (inotify)";
    }
    return {};
  }
};

/// A probe's deadlines are timers that CAF 0.17 cannot take back: they go off once, and must have before the quiet
/// time.
constexpr double probe_timeout_s = 1;

/// A runtime in a CAF system of its own, made in steps so that each thread can be told.
struct world {
  explicit world(known_threads& known) {
    prepare(configuration);
    system = std::make_unique<caf::actor_system>(configuration);
    known.take_new(step::caf);
  }
  bool start(std::size_t planners, const std::string& root, known_threads& known) {
    system_options outside;
    outside.builtins = registrations(planners);
    outside.least_level = log_level::error;
    runtime_options settings;
    settings.config.planner_path = {root};
    settings.config.import_timeout_s = probe_timeout_s;
    settings.config.self_test_timeout_s = probe_timeout_s;
    settings.builtins = outside.builtins;
    settings.outside = make_system_environment(outside).outside;
    settings.discover_at_start = false;
    guild = std::make_unique<runtime>(*system, settings);
    known.take_new(step::runtime);
    discover_request all;
    all.wait_for_admissions = true;
    const auto found = guild->discover(all);
    return found && found->admitted == planners;
  }

  caf::actor_system_config configuration;
  std::unique_ptr<caf::actor_system> system;
  std::unique_ptr<runtime> guild;
};

/// What is made once per process, whatever comes (libraries, CAF's registries), must not count as a planner's memory.
void warm_up(const std::string& root) {
  known_threads none;
  world small{none};
  small.start(1, root, none);
}

/// `seconds` of nothing.
struct quiet_time {
  double seconds = 0;
  double processor_s = 0;  // of this whole process
  std::uint64_t wake_ups = 0;
  std::map<pid_t, thread_facts> before;
  std::map<pid_t, thread_facts> after;
};

/// Processor time of the runtime's own threads.
double runtime_seconds(const quiet_time& quiet) {
  double sum = 0;
  for (const auto& [id, now] : quiet.after) {
    const auto before = quiet.before.find(id);
    if (id != ::gettid()) sum += now.cpu_s - (before != quiet.before.end() ? before->second.cpu_s : 0);
  }
  return sum;
}

quiet_time do_nothing(double seconds) {
  // What the start has left behind settles.
  std::this_thread::sleep_for(std::chrono::duration<double>(probe_timeout_s + 0.5));
  quiet_time result;
  result.before = threads_of_this_process();
  const double spent = processor_seconds();
  result.seconds = seconds_of([&] { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); });
  result.processor_s = processor_seconds() - spent;
  result.after = threads_of_this_process();
  result.wake_ups = wake_ups_between(result.before, result.after);
  return result;
}

table thread_table(const quiet_time& quiet, const known_threads& known) {
  table shown;
  shown.title = "Threads of the idle runtime";
  shown.columns = {"thread", "why it is there", "threads", "wake-ups", "processor time"};
  std::map<std::pair<std::string, std::string>, std::size_t> row_of;
  std::vector<std::pair<double, thread_facts>> sums;
  for (const auto& [id, now] : quiet.after) {
    const auto before = quiet.before.find(id);
    const auto then = before != quiet.before.end() ? before->second : thread_facts{now.name, 0, 0};
    const std::pair key{now.name, known.why(id, now.name)};
    const auto [found, is_new] = row_of.emplace(key, sums.size());
    if (is_new) sums.push_back({0, {now.name, 0, 0}});
    auto& [count, sum] = sums[found->second];
    ++count;
    // The main thread's own look at the clock is no wake-up of the runtime.
    sum.switches += id == ::gettid() ? 0 : now.switches - then.switches;
    sum.cpu_s += now.cpu_s - then.cpu_s;
  }
  for (const auto& [key, index] : row_of) {
    const auto& [count, sum] = sums[index];
    shown.rows.push_back({key.first, key.second, count_cell(count), count_cell(static_cast<double>(sum.switches)),
                          duration_cell(sum.cpu_s)});
  }
  return shown;
}

}  // namespace

void run_idle(const options& wanted, report& into) {
  const std::size_t planners = wanted.smoke ? 100 : 1'000;
  const double seconds = wanted.seconds > 0 ? wanted.seconds : (wanted.smoke ? 0.5 : 10.0);
  const temporary_folder root;
  if (root.path().empty()) {
    into.breaches.emplace_back("idle: no temporary folder could be made");
    return;
  }
  warm_up(root.path());
  ::malloc_trim(0);
  known_threads known;
  known.take_new(step::host);
  const double bytes_before = resident_bytes();
  world made{known};
  if (!made.start(planners, root.path(), known)) {
    into.breaches.emplace_back("idle: not every planner was admitted");
    return;
  }
  known.take_new(step::discovery);
  say(wanted, "idle: " + std::to_string(planners) + " planners, nothing to do");
  const auto quiet = do_nothing(seconds);
  const double bytes_left = resident_bytes();
  ::malloc_trim(0);
  const auto each = [&](double bytes) { return (bytes - bytes_before) / static_cast<double>(planners); };
  const auto per_planner = count_cell(std::max(0.0, each(bytes_left)));
  const auto trimmed = count_cell(std::max(0.0, each(resident_bytes())));

  table shown;
  shown.title = "A runtime with " + count_cell(static_cast<double>(planners)).text + " admitted planners and no work";
  shown.columns = {"measure", "value"};
  shown.rows = {{"time without work", duration_cell(quiet.seconds)},
                {"processor time of the whole process in it", duration_cell(quiet.processor_s)},
                {"of that, in threads other than the host's", duration_cell(runtime_seconds(quiet))},
                {"wake-ups of all threads but the host's", count_cell(static_cast<double>(quiet.wake_ups))},
                {"threads, the host's included", count_cell(static_cast<double>(quiet.after.size()))},
                {"resident bytes a planner", per_planner},
                {"the same after the C library has given back what starting left behind", trimmed}};
  into.tables.push_back(std::move(shown));
  into.tables.push_back(thread_table(quiet, known));
  into.findings.push_back("An idle runtime with " + count_cell(static_cast<double>(planners)).text + " planners used " +
                          duration_cell(runtime_seconds(quiet)).text + " of processor time in " +
                          duration_cell(quiet.seconds).text + ", woke " + std::to_string(quiet.wake_ups) +
                          " times, and holds " + per_planner.text + " resident bytes a planner.");
  if (quiet.wake_ups != 0) {
    into.breaches.push_back("idle: " + std::to_string(quiet.wake_ups) + " wake-ups without work");
  }
  if (quiet.after.size() > threads_max) {
    into.breaches.push_back("idle: " + std::to_string(quiet.after.size()) + " threads, more than " +
                            std::to_string(threads_max));
  }
}

}  // namespace planguild::bench
